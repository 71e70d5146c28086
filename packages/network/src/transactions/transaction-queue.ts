import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'

/** A transaction on its way to one peer. */
export interface QueuedTransaction {
  readonly hash: string
  readonly tx: Uint8Array
}

/** What a transaction needs in a frame beside its bytes: a tag and a length, 6 bytes at most. */
const OVERHEAD_BYTES = 6

/** Transactions that wait for one peer; when it is full, further ones are not taken. */
export class TransactionQueue {
  /** Fires when there is something to send, after there was nothing. */
  readonly filled = new Notifier()
  /** Fires when something was taken. */
  readonly drained = new Notifier()
  readonly #limits: NetworkLimits
  #queue: QueuedTransaction[] = []
  #bytes = 0

  constructor(limits: NetworkLimits) {
    this.#limits = limits
  }

  /** Transactions that wait. */
  get length(): number {
    return this.#queue.length
  }

  /** Whether what waits fills a frame. */
  get fillsFrame(): boolean {
    const needed = this.#bytes + OVERHEAD_BYTES * this.length
    return needed >= this.#limits.frames.transactions
  }

  /** Adds one; false when the queue is full. */
  push(entry: QueuedTransaction): boolean {
    const { transactionQueue, transactionQueueBytes } = this.#limits
    const bytes = this.#bytes + entry.tx.length
    if (this.length >= transactionQueue || bytes > transactionQueueBytes) return false
    this.#queue.push(entry)
    this.#bytes = bytes
    if (this.length === 1) this.filled.notify()
    return true
  }

  /** Takes as many of the oldest that `wanted` lets pass as fit one frame; empty when there are none. */
  takeBatch(wanted: (hash: string) => boolean): QueuedTransaction[] {
    const batch: QueuedTransaction[] = []
    let room = this.#limits.frames.transactions
    let taken = 0
    for (const entry of this.#queue) {
      const needed = entry.tx.length + OVERHEAD_BYTES
      if (needed > room) break
      taken++
      this.#bytes -= entry.tx.length
      if (!wanted(entry.hash)) continue
      room -= needed
      batch.push(entry)
    }
    this.#queue = this.#queue.slice(taken)
    if (taken > 0) this.drained.notify()
    return batch
  }
}
