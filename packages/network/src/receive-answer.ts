import type { Ctx } from '@zkstack/concurrency'
import { NetworkError } from './errors.js'
import type { FrameStream } from './transport/network-transport.js'

/**
 * The next frame of a stream on which we have asked something; `topic` is for the error.
 * @throws NetworkError `NETWORK_TIMEOUT`, `NETWORK_STREAM_RESET`; CanceledError.
 */
export async function receiveAnswer(
  ctx: Ctx,
  stream: FrameStream,
  { timeoutMs, topic }: { readonly timeoutMs: number; readonly topic: string },
): Promise<Uint8Array> {
  using patience = ctx.child({ timeoutMs })
  try {
    const frame = await patience.race(stream.receive())
    if (frame) return frame
  } catch (e) {
    ctx.throwIfCanceled()
    if (!patience.canceled) throw e
    throw new NetworkError('NETWORK_TIMEOUT', `no answer about ${topic} in ${timeoutMs} ms`)
  }
  throw new NetworkError('NETWORK_STREAM_RESET', `the peer ended the stream of ${topic}`)
}
