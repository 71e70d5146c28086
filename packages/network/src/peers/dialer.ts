import type { Ctx } from '@zkstack/concurrency'
import type { NetworkLimits } from '../limits.js'
import { Backoff } from './backoff.js'
import type { BanLedger } from './ban-ledger.js'
import type { PeerRegistry } from './peer-registry.js'

/** What {@link keepConnected} works with. */
export interface DialerOptions {
  /** Key of the peer in hex. */
  readonly id: string
  readonly registry: PeerRegistry
  readonly bans: BanLedger
  readonly limits: NetworkLimits
  /** Connects, and serves the connection until it ends. */
  attempt(ctx: Ctx): Promise<void>
}

/**
 * Keeps a static peer connected: dials while there is no connection, in either direction, with growing pauses
 * between attempts; a connection that lasted makes them short again.
 */
export async function keepConnected(ctx: Ctx, o: DialerOptions): Promise<never> {
  const { redialMinMs: minMs, redialMaxMs: maxMs, redialJitter: jitter, healthyAfterMs } = o.limits
  const backoff = new Backoff({ minMs, maxMs, jitter, random: ctx.random })
  for (;;) {
    const start = ctx.clock.now()
    if (!o.registry.peers.has(o.id)) await o.attempt(ctx)
    while (o.registry.peers.has(o.id)) await ctx.race(o.registry.changed.wait())
    if (ctx.clock.now() - start >= healthyAfterMs) backoff.reset()
    await ctx.sleep(Math.max(backoff.next(), o.bans.remainingMs(o.id, ctx.clock.now())))
  }
}
