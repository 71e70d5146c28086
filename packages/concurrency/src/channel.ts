import { canceledBecause, ZkStackError } from './errors.js'
import { LinkedList } from './linked-list.js'
import { WaitQueue } from './wait-queue.js'
import type { WaitOptions } from './wait-queue.js'

function closedError(): ZkStackError {
  return new ZkStackError('CHANNEL_CLOSED', 'the channel is closed')
}

/**
 * A first-in-first-out queue between tasks. `send` waits while it is full; nothing is ever dropped.
 *
 * After `close` what was sent can still be received; waiting senders fail, and so does every later `send`.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #capacity: number
  readonly #buffer = new LinkedList<T>()
  readonly #senders = new WaitQueue<T, void>()
  readonly #receivers = new WaitQueue<undefined, T>()
  #closed = false

  /** @param capacity at least 1; `Infinity` spells out an unbounded channel. @throws RangeError otherwise. */
  constructor(capacity: number) {
    if (!(capacity === Infinity || (Number.isSafeInteger(capacity) && capacity >= 1))) {
      throw new RangeError(`capacity must be a positive integer or Infinity: ${capacity}`)
    }
    this.#capacity = capacity
  }

  /** Number of values that wait to be received. */
  get size(): number {
    return this.#buffer.size
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed
  }

  /**
   * Hands over a value, waiting for room in turn.
   *
   * @throws ZkStackError `CHANNEL_CLOSED`; CanceledError, the value then not being sent.
   */
  async send(value: T, o?: WaitOptions): Promise<void> {
    if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
    if (this.#closed) throw closedError()
    if (!this.trySend(value)) await this.#senders.wait(value, o?.signal)
  }

  /** Hands over a value when there is room now; false when there is none or the channel is closed. */
  trySend(value: T): boolean {
    if (this.#closed) return false
    if (this.#receivers.wake(() => value)) return true
    if (this.#buffer.size >= this.#capacity) return false
    this.#buffer.push(value)
    return true
  }

  /**
   * Takes the oldest value, waiting for one in turn.
   *
   * @throws ZkStackError `CHANNEL_CLOSED` when the channel is closed and empty; CanceledError, no value then being lost.
   */
  async receive(o?: WaitOptions): Promise<T> {
    if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
    const node = this.#take()
    if (node !== undefined) return node.value
    if (this.#closed) throw closedError()
    return this.#receivers.wait(undefined, o?.signal)
  }

  /** Takes the oldest value when there is one now, wrapped so that a sent `undefined` can be told from nothing. */
  tryReceive(): { readonly value: T } | undefined {
    const node = this.#take()
    return node === undefined ? undefined : { value: node.value }
  }

  /** Ends the channel; idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#senders.fail(closedError)
    this.#receivers.fail(closedError)
  }

  /** Yields values until the channel is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const node = this.#take()
      if (node !== undefined) {
        yield node.value
        continue
      }
      if (this.#closed) return
      try {
        yield await this.#receivers.wait(undefined, undefined)
      } catch (e) {
        if (e instanceof ZkStackError && e.code === 'CHANNEL_CLOSED') return
        throw e
      }
    }
  }

  #take(): { readonly value: T } | undefined {
    const node = this.#buffer.shift()
    if (node !== undefined) {
      this.#senders.wake((value) => {
        this.#buffer.push(value)
      })
    }
    return node
  }
}
