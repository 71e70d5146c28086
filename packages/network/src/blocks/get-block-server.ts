import type { Ctx } from '@zkstack/concurrency'
import { encodeBlock } from '@zkstack/roles'
import type { BlockStore } from '@zkstack/storage'
import { decodeGetBlockRequest, encodeGetBlockResponse } from '../codec.js'
import type { NetworkLimits } from '../limits.js'
import { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

/**
 * Answers a peer's requests for blocks, one at a time and in their order; the next request is read when the
 * last answer has left.
 * @throws StorageError when the store fails.
 */
export async function serveBlocks(
  ctx: Ctx,
  stream: FrameStream,
  o: { readonly store: BlockStore; readonly limits: NetworkLimits },
): Promise<void> {
  const throttle = new Throttle(o.limits.blockRequestRate, ctx.clock)
  for (;;) {
    const frame = await ctx.race(stream.receive())
    if (!frame) return
    const number = decodeGetBlockRequest(frame)
    await throttle.pass(ctx)
    const block = await ctx.race(o.store.get(number))
    await ctx.race(stream.send(encodeGetBlockResponse(block && encodeBlock(block))))
  }
}
