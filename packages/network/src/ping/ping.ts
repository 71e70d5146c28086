import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual, DecodeError } from '@zkstack/crypto'
import type { NetworkLimits } from '../limits.js'
import type { Peer } from '../peers/peer.js'
import { receiveAnswer } from '../receive-answer.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

const PING_BYTES = 32
/** A connection that is doubted gets this long at most. */
const DOUBT_TIMEOUT_MS = 2_000

/** Sends 32 random bytes again and again and measures how long they take to come back. @throws NetworkError `NETWORK_TIMEOUT`. */
export async function runPing(
  ctx: Ctx,
  peer: Peer,
  stream: FrameStream,
  o: { readonly limits: NetworkLimits; onRtt(ms: number): void },
): Promise<void> {
  const { pingIntervalMs, pingTimeoutMs } = o.limits
  for (let timeoutMs = pingTimeoutMs; ;) {
    const ping = ctx.random.bytes(PING_BYTES)
    const sentAt = ctx.clock.now()
    await ctx.race(stream.send(ping))
    const pong = await receiveAnswer(ctx, stream, { topic: 'pings', asked: 'to a ping', timeoutMs })
    if (!bytesEqual(pong, ping))
      throw new DecodeError('MALFORMED', 'an answer that is not the ping')
    o.onRtt(ctx.clock.now() - sentAt)
    const doubted = await pause(ctx, peer, pingIntervalMs)
    timeoutMs = doubted ? Math.min(pingTimeoutMs, DOUBT_TIMEOUT_MS) : pingTimeoutMs
  }
}

/** Sends every ping back. */
export async function servePing(ctx: Ctx, stream: FrameStream, throttle: Throttle): Promise<void> {
  for (;;) {
    const ping = await ctx.race(stream.receive())
    if (!ping) return
    await throttle.pass(ctx)
    await ctx.race(stream.send(ping))
  }
}

/** Waits for the interval, or until the peer is doubted: then true. */
async function pause(ctx: Ctx, peer: Peer, ms: number): Promise<boolean> {
  using wait = ctx.child()
  const cancelTimer = ctx.clock.setTimer(ctx.clock.now() + ms, () => wait.cancel())
  try {
    await wait.race(peer.doubted.wait())
    return true
  } catch {
    ctx.throwIfCanceled()
    return false
  } finally {
    cancelTimer()
  }
}
