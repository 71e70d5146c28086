import { Watch, type Clock } from '@zkstack/concurrency'
import type { Block } from '@zkstack/roles'
import type { CallOptions } from './execution-layer.js'
import type { BlockRange, BlockStore } from './store.js'

/** Options of a {@link BlockQueue}. */
export interface BlockQueueOptions {
  /** Blocks that may wait in the queue, at most; at least 1. */
  readonly capacity: number
  /** Bytes of payload that may wait in the queue, at most; the block whose turn it is always fits. Default 64 MiB. */
  readonly capacityBytes?: number
  readonly clock?: Clock
}

/** The one place where blocks enter a store: in order, bounded, and duplicates are no-ops. */
export class BlockQueue {
  /** What is durable. */
  readonly range: Watch<BlockRange>

  constructor(
    readonly store: BlockStore,
    readonly options: BlockQueueOptions,
  ) {
    this.range = new Watch(store.range())
  }

  /** Resolves once a block with this number is durable; waits for its turn. Blocks below `next` resolve at once. */
  async push(block: Block, o: Partial<CallOptions> = {}): Promise<void> {
    await this.store.append(block, o)
  }

  /** Resolves once block `n` is durable. */
  async waitUntilPersisted(n: bigint, o: Partial<CallOptions> = {}): Promise<void> {
    await this.range.waitFor((range) => n < range.next, o)
  }
}
