import type { Ctx, Scope } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { formatSocketAddress, parseSocketAddress } from '@zkstack/roles'
import type { NetworkLimits } from '../limits.js'
import type { StaticPeer } from '../network.js'
import { sleepOrWake } from '../sleep-or-wake.js'
import { Throttle } from '../throttle.js'
import { Backoff } from './backoff.js'
import type { BanLedger } from './ban-ledger.js'
import type { Connector } from './connector.js'
import type { PeerRegistry } from './peer-registry.js'
import type { PeerTable } from './peer-table.js'

/** What a {@link DynamicDialer} works with. */
export interface DynamicDialerOptions {
  readonly table: PeerTable
  readonly registry: PeerRegistry
  readonly bans: BanLedger
  readonly limits: NetworkLimits
  readonly connector: Connector
  readonly bootstrap: readonly StaticPeer[]
  readonly maxDynamicOutbound: number
  /** Peers that are kept connected anyway. */
  isStatic(id: string): boolean
}

/** Dials in a row of nodes that others told of, after which a bootstrap peer has its turn: what they tell may all be invented. */
const MOST_TOLD = 8

interface Target extends StaticPeer {
  readonly id: string
}

/** Keeps as many peers connected as are wanted, out of those that others told of; the bootstrap peers come first and last. */
export class DynamicDialer {
  readonly #o: DynamicDialerOptions
  readonly #dialling = new Set<string>()
  /** When a bootstrap peer may be dialled again. */
  readonly #bootstrapAt = new Map<string, number>()
  readonly #backoffs = new Map<string, Backoff>()
  /** Nodes that others told of, dialled since the last bootstrap peer. */
  #told = 0

  constructor(o: DynamicDialerOptions) {
    this.#o = o
  }

  /** How many more peers are wanted. */
  get wanted(): number {
    const { registry, maxDynamicOutbound } = this.#o
    return maxDynamicOutbound - registry.dynamicCount('outbound') - this.#dialling.size
  }

  async run(ctx: Ctx, tasks: Scope): Promise<never> {
    const { limits, registry } = this.#o
    const throttle = new Throttle(limits.dialRate, ctx.clock)
    for (;;) {
      const { target, at } = this.#next(ctx.clock.now())
      if (!target) {
        await sleepOrWake(ctx, at, registry.changed)
        continue
      }
      this.#dialling.add(target.id)
      await throttle.pass(ctx)
      tasks.spawnBackground((taskCtx) => this.#attempt(taskCtx, target))
    }
  }

  /** Whom to dial now; else when there may be somebody, if nothing else happens before. */
  #next(now: number): { readonly target?: Target; readonly at?: number | undefined } {
    const { table, registry, limits } = this.#o
    if (this.wanted <= 0 || this.#dialling.size >= limits.maxDials) return {}
    const introducer = this.#bootstrap(now)
    const isItsTurn = registry.peers.size === 0 || this.#told >= MOST_TOLD
    const { entry, at } = table.next(now, ({ id }) => this.#isFree(id, now))
    if (introducer.target && (isItsTurn || !entry)) {
      this.#told = 0
      return introducer
    }
    if (entry) {
      this.#told += 1
      return { target: { id: entry.id, key: entry.key, addr: formatSocketAddress(entry.addr) } }
    }
    return { at: Math.min(at ?? Infinity, introducer.at) }
  }

  #bootstrap(now: number): { readonly target?: Target; readonly at: number } {
    let at = Infinity
    for (const { key, addr } of this.#o.bootstrap) {
      const id = toHex(key)
      const next = this.#bootstrapAt.get(id) ?? 0
      if (!this.#isFree(id, now)) continue
      if (next <= now) return { target: { id, key, addr }, at: now }
      at = Math.min(at, next)
    }
    return { at }
  }

  #isFree(id: string, now: number): boolean {
    const { registry, bans, isStatic } = this.#o
    const isTaken = registry.peers.has(id) || this.#dialling.has(id) || isStatic(id)
    return !isTaken && bans.remainingMs(id, now) === 0
  }

  async #attempt(ctx: Ctx, target: Target): Promise<void> {
    const { connector, table, registry } = this.#o
    const { id } = target
    const release = (): void => {
      this.#dialling.delete(id)
      registry.changed.notify()
    }
    try {
      const outcome = await connector.connect(ctx, target, {
        onPeer: () => {
          if (this.#isEntry(target)) table.reached(id, ctx.clock.now())
          release()
        },
      })
      if (this.#isEntry(target)) {
        if (outcome === 'wrongPeer') table.forget(id)
        else if (outcome !== 'connected') table.failed(id, ctx.clock.now())
      }
      this.#pause(ctx, id, outcome === 'connected')
    } finally {
      release()
    }
  }

  /** Whether the table says the same of where it is: of a bootstrap peer, and of who has moved meanwhile, it may say something else. */
  #isEntry({ id, addr }: Target): boolean {
    const entry = this.#o.table.get(id)
    const at = parseSocketAddress(addr)
    return entry && at ? formatSocketAddress(entry.addr) === formatSocketAddress(at) : false
  }

  /** Bootstrap peers are never forgotten, only left alone for a while. */
  #pause(ctx: Ctx, id: string, wasConnected: boolean): void {
    if (!this.#o.bootstrap.some(({ key }) => toHex(key) === id)) return
    const { redialMinMs: minMs, redialMaxMs: maxMs, redialJitter: jitter } = this.#o.limits
    const backoff =
      this.#backoffs.get(id) ?? new Backoff({ minMs, maxMs, jitter, random: ctx.random })
    if (wasConnected) backoff.reset()
    this.#backoffs.set(id, backoff)
    this.#bootstrapAt.set(id, ctx.clock.now() + backoff.next())
  }
}
