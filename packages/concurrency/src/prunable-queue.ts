import { canceledBecause } from './errors.js'
import { LinkedList } from './linked-list.js'
import type { ListNode } from './linked-list.js'
import { WaitQueue } from './wait-queue.js'
import type { WaitOptions } from './wait-queue.js'

/** Options of {@link PrunableQueue}. */
export interface PrunableQueueOptions<T> {
  /** The slot a value belongs to; each slot holds at most one. */
  readonly key: (value: T) => string
  /** Which of two values of one slot stays. */
  readonly prefer: (old: T, next: T) => 'old' | 'next'
  /** The most slots in use; at least 1. */
  readonly capacity: number
  /** Values for which it is false are dropped at once; default: none. */
  readonly filter?: (value: T) => boolean
}

interface Slot<T> {
  readonly key: string
  readonly value: T
}

/** What became of a pushed value; `replaced`: it took the place of an older one of its slot, at the end of the queue. */
export type PushOutcome = 'queued' | 'replaced' | 'dropped'

/**
 * A bounded first-in-first-out queue that keeps one value per key. `push` never waits: a value that is not preferred, or that
 * finds all slots in use, is dropped. Every operation is O(1).
 */
export class PrunableQueue<T> {
  readonly #o: PrunableQueueOptions<T>
  readonly #values = new LinkedList<Slot<T>>()
  readonly #slots = new Map<string, ListNode<Slot<T>>>()
  readonly #receivers = new WaitQueue<undefined, T>()

  /** @throws RangeError when the capacity is not a positive integer. */
  constructor(o: PrunableQueueOptions<T>) {
    if (!Number.isSafeInteger(o.capacity) || o.capacity < 1)
      throw new RangeError(`capacity must be a positive integer: ${o.capacity}`)
    this.#o = o
  }

  /** Number of values that wait to be received. */
  get size(): number {
    return this.#values.size
  }

  /** Offers a value and says what became of it. */
  push(value: T): PushOutcome {
    if (this.#o.filter?.(value) === false) return 'dropped'
    if (this.#receivers.wake(() => value)) return 'queued'
    const key = this.#o.key(value)
    const old = this.#slots.get(key)
    if (old === undefined && this.#slots.size >= this.#o.capacity) return 'dropped'
    if (old !== undefined) {
      if (this.#o.prefer(old.value.value, value) === 'old') return 'dropped'
      this.#values.remove(old)
    }
    this.#slots.set(key, this.#values.push({ key, value }))
    return old === undefined ? 'queued' : 'replaced'
  }

  /** Takes the oldest value, waiting for one in turn. @throws CanceledError when the signal aborts, no value then being lost. */
  async receive(o?: WaitOptions): Promise<T> {
    if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
    const slot = this.#take()
    return slot === undefined ? this.#receivers.wait(undefined, o?.signal) : slot.value
  }

  /** Takes the oldest value when there is one now. */
  tryReceive(): T | undefined {
    return this.#take()?.value
  }

  #take(): Slot<T> | undefined {
    const slot = this.#values.shift()?.value
    if (slot !== undefined) this.#slots.delete(slot.key)
    return slot
  }
}
