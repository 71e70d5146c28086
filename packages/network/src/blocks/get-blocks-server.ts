import type { Ctx } from '@zkstack/concurrency'
import { encodeBlock } from '@zkstack/roles'
import type { BlockStore } from '@zkstack/storage'
import { decodeGetBlocksRequest, encodeGetBlocksResponse, type GetBlocksRequest } from '../codec.js'
import { kibOf } from '../kib-of.js'
import type { NetworkLimits } from '../limits.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

/** Blocks read from the store at once. */
const MAX_READS = 32

/** What {@link serveBlocks} takes. */
export interface ServeOptions {
  readonly store: BlockStore
  readonly limits: Pick<NetworkLimits, 'blocksPerRequest' | 'answerBytes'>
  /** How many blocks the peer may have. */
  readonly throttle: Throttle
  /** Their bytes, in KiB. */
  readonly kibThrottle: Throttle
}

/**
 * Answers a peer's requests for blocks, one at a time and in their order; the next request is read when the
 * last answer has left. Each answer says which blocks are here, so that nobody takes pruning for a lie.
 * @throws StorageError when the store fails.
 */
export async function serveBlocks(ctx: Ctx, stream: FrameStream, o: ServeOptions): Promise<void> {
  // blocks of a chain resemble one another: how many to read at once is guessed from the one before
  let blockBytes = o.limits.answerBytes
  for (;;) {
    const frame = await ctx.race(stream.receive())
    if (!frame) return
    const blocks = await read(ctx, decodeGetBlocksRequest(frame), blockBytes, o)
    blockBytes = blocks.at(-1)?.length ?? blockBytes
    await o.throttle.pass(ctx, Math.max(1, blocks.length))
    const answer = encodeGetBlocksResponse({ blocks, range: o.store.range() })
    await o.kibThrottle.pass(ctx, kibOf(answer))
    await ctx.race(stream.send(answer))
  }
}

/** The bytes of the blocks that are there, from the first on, as many as an answer may hold; one always fits. */
async function read(
  ctx: Ctx,
  { first, count }: GetBlocksRequest,
  likelyBytes: number,
  { store, limits }: ServeOptions,
): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = []
  const wanted = Math.min(count, limits.blocksPerRequest)
  let bytes = 0
  while (blocks.length < wanted) {
    const start = first + BigInt(blocks.length)
    const likely = blocks.at(-1)?.length ?? likelyBytes
    const fitting = Math.floor((limits.answerBytes - bytes) / likely)
    const reads = Math.max(1, Math.min(MAX_READS, wanted - blocks.length, fitting))
    const found = await ctx.race(
      Promise.all(Array.from({ length: reads }, (_, i) => store.get(start + BigInt(i)))),
    )
    for (const block of found) {
      if (!block) return blocks
      const encoded = encodeBlock(block)
      bytes += encoded.length
      if (blocks.length > 0 && bytes > limits.answerBytes) return blocks
      blocks.push(encoded)
    }
  }
  return blocks
}
