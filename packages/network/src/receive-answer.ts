import type { Ctx } from '@zkstack/concurrency'
import { NetworkError } from './errors.js'
import type { FrameStream } from './transport/network-transport.js'

/** A timer this late tells of an event loop that stood still. */
const STALL_MS = 100

/** What is awaited, and for how long. */
export interface AwaitedAnswer {
  /** What the stream carries, for the error. */
  readonly topic: string
  /** What was asked, for the error: `for block 7`. Default: about the topic. */
  readonly asked?: string
  readonly timeoutMs: number
  /** Since when the peer owes the answer. Default: now. */
  readonly since?: number
}

/**
 * The next frame of a stream on which we have asked something. Time in which we did not listen ourselves is not the peer's: after
 * a stall it gets as long again.
 * @throws NetworkError `NETWORK_TIMEOUT`, `NETWORK_STREAM_RESET`; CanceledError.
 */
export async function receiveAnswer(
  ctx: Ctx,
  stream: FrameStream,
  { topic, asked = `about ${topic}`, timeoutMs, since = ctx.clock.now() }: AwaitedAnswer,
): Promise<Uint8Array> {
  const answer = stream.receive()
  answer.catch(() => undefined)
  for (let deadline = since + timeoutMs; ; deadline = ctx.clock.now() + timeoutMs) {
    using patience = ctx.child({ deadline })
    try {
      const frame = await patience.race(answer)
      if (frame) return frame
      throw new NetworkError('NETWORK_STREAM_RESET', `the peer ended the stream of ${topic}`)
    } catch (e) {
      ctx.throwIfCanceled()
      if (!patience.canceled) throw e
    }
    if (ctx.clock.now() - deadline < STALL_MS)
      throw new NetworkError('NETWORK_TIMEOUT', `no answer ${asked} in ${timeoutMs} ms`)
  }
}
