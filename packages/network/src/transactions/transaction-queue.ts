import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'

/** A transaction on its way to one peer. */
export interface QueuedTransaction {
  readonly hash: string
  readonly tx: Uint8Array
}

/** What a transaction needs in a frame beside its bytes: a tag and a length, 6 bytes at most. */
const OVERHEAD_BYTES = 6

interface Waiting {
  readonly entry: QueuedTransaction
  next: Waiting | undefined
}

/** Transactions that wait for one peer; when it is full, further ones are not taken. */
export class TransactionQueue {
  /** Fires when there is something to send, after there was nothing. */
  readonly filled = new Notifier()
  /** Fires when something was taken. */
  readonly drained = new Notifier()
  readonly #limits: NetworkLimits
  /** Linked, so that a batch costs the same however many wait behind it. */
  #first: Waiting | undefined
  #last: Waiting | undefined
  #length = 0
  #bytes = 0

  constructor(limits: NetworkLimits) {
    this.#limits = limits
  }

  /** Transactions that wait. */
  get length(): number {
    return this.#length
  }

  /** Whether what waits fills a frame. */
  get fillsFrame(): boolean {
    const needed = this.#bytes + OVERHEAD_BYTES * this.#length
    return needed >= this.#limits.frames.transactions
  }

  /** Adds one; false when the queue is full. */
  push(entry: QueuedTransaction): boolean {
    const { transactionQueue, transactionQueueBytes } = this.#limits
    const bytes = this.#bytes + entry.tx.length
    if (this.#length >= transactionQueue || bytes > transactionQueueBytes) return false
    const waiting: Waiting = { entry, next: undefined }
    if (this.#last) this.#last.next = waiting
    else this.#first = waiting
    this.#last = waiting
    this.#length++
    this.#bytes = bytes
    if (this.#length === 1) this.filled.notify()
    return true
  }

  /** Takes as many of the oldest that `wanted` lets pass as fit one frame; empty when there are none. */
  takeBatch(wanted: (hash: string) => boolean): QueuedTransaction[] {
    const batch: QueuedTransaction[] = []
    let room = this.#limits.frames.transactions
    const before = this.#length
    for (let waiting = this.#first; waiting; waiting = this.#first) {
      const { entry } = waiting
      const needed = entry.tx.length + OVERHEAD_BYTES
      if (needed > room) break
      this.#first = waiting.next
      this.#length--
      this.#bytes -= entry.tx.length
      if (!wanted(entry.hash)) continue
      room -= needed
      batch.push(entry)
    }
    if (!this.#first) this.#last = undefined
    if (this.#length < before) this.drained.notify()
    return batch
  }
}
