import type { Ctx } from '@zkstack/concurrency'
import type { BlockQueue } from '@zkstack/storage'
import { decodeBlockRange, encodeBlockRange, type AnnouncedRange } from '../codec.js'
import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'

/** What {@link announceBlocks} takes. */
export interface AnnounceOptions {
  readonly blocks: BlockQueue
  readonly limits: NetworkLimits
  /** What the peer takes. */
  readonly throttle: Throttle
  /** Whether the peer is of the committee now. */
  isMember(): boolean
}

/**
 * Tells a peer which blocks we can serve: now, and whenever that changes; a slow peer gets the newest only, and so does a
 * committee member, for which this is only a way back once it has fallen behind.
 */
export async function announceBlocks(
  ctx: Ctx,
  stream: FrameStream,
  o: AnnounceOptions,
): Promise<void> {
  const changed = new Notifier()
  const unsubscribe = o.blocks.range.subscribe(() => changed.notify())
  try {
    for (let told: AnnouncedRange | undefined; ;) {
      const range = o.blocks.range.value
      if (range.first === told?.first && range.next === told.next) {
        await ctx.race(changed.wait())
        continue
      }
      told = range
      await ctx.race(stream.send(encodeBlockRange(range)))
      await o.throttle.pass(ctx)
      if (o.isMember()) await ctx.sleep(o.limits.memberRangeMs)
    }
  } finally {
    unsubscribe()
  }
}

/** Receives what a peer announces. A range is a hint: what is fetched is verified. */
export async function receiveBlockRanges(
  ctx: Ctx,
  stream: FrameStream,
  o: { readonly throttle: Throttle; onRange(range: AnnouncedRange): void },
): Promise<void> {
  for (;;) {
    const frame = await ctx.race(stream.receive())
    if (!frame) return
    o.onRange(decodeBlockRange(frame))
    await o.throttle.pass(ctx)
  }
}
