import { Channel, scope, type Ctx } from '@zkstack/concurrency'
import { concatBytes, DecodeError } from '@zkstack/crypto'
import { payloadPartBytes } from '@zkstack/roles'
import { encodedBlocks, encodedLength, type BlockStore, type EncodedBlock } from '@zkstack/storage'
import {
  decodeGetBlocksRequest,
  encodeGetBlocksResponse,
  type GetBlocksRequest,
  type PiecedBlocksResponse,
} from '../codec.js'
import { kibOf } from '../kib-of.js'
import type { NetworkLimits } from '../limits.js'
import { cutParts } from '../parts/cut-parts.js'
import { PartSender } from '../parts/part-sender.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

/** Requests of a peer that may wait: many more than honest ones have under way. */
const MAX_REQUESTS = 256

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
 * Answers a peer's requests for blocks, one at a time and in their order. Each answer says which blocks are here, so that
 * nobody takes pruning for a lie. No frame is above 64 KiB.
 * @throws StorageError when the store fails; DecodeError.
 */
export async function serveBlocks(ctx: Ctx, stream: FrameStream, o: ServeOptions): Promise<void> {
  const requests = new Channel<GetBlocksRequest>(MAX_REQUESTS)
  const sender = new PartSender(stream, ctx.clock)
  await scope(ctx, async (inner, tasks) => {
    tasks.spawnBackground((task) => receiveRequests(task, stream, { requests, sender }))
    for await (const request of requests) await answer(inner, stream, request, { ...o, sender })
  })
}

/** Receives requests, and between them what tells of parts that were taken. */
async function receiveRequests(
  ctx: Ctx,
  stream: FrameStream,
  o: { readonly requests: Channel<GetBlocksRequest>; readonly sender: PartSender },
): Promise<void> {
  try {
    for (let frame; (frame = await ctx.race(stream.receive()));) {
      if (frame.length === 0) o.sender.taken()
      else if (!o.requests.trySend(decodeGetBlocksRequest(frame)))
        throw new DecodeError('OUT_OF_RANGE', `more than ${MAX_REQUESTS} requests wait`)
    }
  } finally {
    o.requests.close()
  }
}

async function answer(
  ctx: Ctx,
  stream: FrameStream,
  { first, count }: GetBlocksRequest,
  o: ServeOptions & { readonly sender: PartSender },
): Promise<void> {
  const { store, throttle, kibThrottle } = o
  const { answerBytes: maxBytes, blocksPerRequest } = o.limits
  const run = { count: Math.min(count, blocksPerRequest), maxBytes }
  const blocks = await ctx.race(encodedBlocks(store, first, run))
  await throttle.pass(ctx, Math.max(1, blocks.length))
  const pass = (frame: { readonly length: number }): Promise<void> =>
    kibThrottle.pass(ctx, kibOf(frame))
  for (const { large, ...response } of responses(blocks)) {
    const size = large ? encodedLength(large) : 0
    const pieces = encodeGetBlocksResponse({ ...response, large: size, range: store.range() })
    await pass({ length: encodedLength(pieces) })
    await ctx.race(stream.sendPieces?.(pieces) ?? stream.send(concatBytes(...pieces)))
    if (large) await o.sender.send(ctx, cutParts(large), { pass })
  }
}

/** What is sent for one answer, one after another. */
interface Response extends Pick<PiecedBlocksResponse, 'blocks' | 'more'> {
  /** A block that follows in parts. */
  readonly large?: EncodedBlock | undefined
}

/** As many blocks in one response as fit a part; a larger one follows its response. */
function responses(blocks: readonly EncodedBlock[]): Response[] {
  const all: { blocks: EncodedBlock[]; large?: EncodedBlock }[] = []
  let bytes = Infinity
  for (const block of blocks) {
    const length = encodedLength(block)
    const isLarge = length > payloadPartBytes
    const last = bytes + (isLarge ? 0 : length) > payloadPartBytes ? undefined : all.at(-1)
    const response = last ?? { blocks: [] }
    if (!last) {
      all.push(response)
      bytes = 0
    }
    bytes += length
    if (isLarge) Object.assign(response, { large: block })
    else response.blocks.push(block)
  }
  if (all.length === 0) return [{ blocks: [] }]
  return all.map((response, i) => ({ ...response, more: i < all.length - 1 }))
}
