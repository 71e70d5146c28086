import { Waits, type Ctx } from '@zkstack/concurrency'
import type { FrameTaker } from './frame-queue.js'
import type { FrameStream } from './network-transport.js'

/**
 * Hands every frame of a stream to `take` until the remote side ends it; while what `take` returned is pending, the next frame
 * waits.
 *
 * @throws what the stream and `take` throw; CanceledError on cancellation.
 */
export async function consumeFrames(
  ctx: Ctx,
  stream: FrameStream,
  take: FrameTaker,
): Promise<void> {
  if (stream.consume) {
    const takeUnlessCanceled: FrameTaker = (frame) => {
      ctx.throwIfCanceled()
      return take(frame)
    }
    return ctx.race(stream.consume(takeUnlessCanceled))
  }
  using waits = new Waits(ctx)
  for (;;) {
    const frame = await waits.for(stream.receive())
    if (!frame) return
    const handled = take(frame)
    if (handled) await waits.for(handled)
  }
}
