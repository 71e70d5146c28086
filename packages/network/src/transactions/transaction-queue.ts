import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'

/** A transaction on its way to one peer. */
export interface QueuedTransaction {
  readonly hash: string
  readonly tx: Uint8Array
}

/** What a transaction needs in a frame beside its bytes: a tag and a length, 6 bytes at most. */
const OVERHEAD_BYTES = 6

/** Transactions that wait for one peer; when it is full, further ones are dropped: gossip is best effort. */
export class TransactionQueue {
  /** Fires when there is something to send. */
  readonly filled = new Notifier()
  readonly #limits: NetworkLimits
  #queue: QueuedTransaction[] = []
  #bytes = 0

  constructor(limits: NetworkLimits) {
    this.#limits = limits
  }

  /** Adds one; false when the queue is full. */
  push(entry: QueuedTransaction): boolean {
    const { transactionQueue, transactionQueueBytes } = this.#limits
    const bytes = this.#bytes + entry.tx.length
    if (this.#queue.length >= transactionQueue || bytes > transactionQueueBytes) return false
    this.#queue.push(entry)
    this.#bytes = bytes
    this.filled.notify()
    return true
  }

  /** Takes as many of the oldest that `wanted` lets pass as fit one frame; empty when there are none. */
  takeBatch(wanted: (hash: string) => boolean): Uint8Array[] {
    const batch: Uint8Array[] = []
    let room = this.#limits.frames.transactions
    let taken = 0
    for (const { hash, tx } of this.#queue) {
      const needed = tx.length + OVERHEAD_BYTES
      if (needed > room) break
      taken++
      this.#bytes -= tx.length
      if (!wanted(hash)) continue
      room -= needed
      batch.push(tx)
    }
    this.#queue = this.#queue.slice(taken)
    return batch
  }
}
