import { canceledBecause } from './errors.js'
import { LinkedList } from './linked-list.js'
import { onAbort } from './on-abort.js'

/** Options of everything that waits. */
export interface WaitOptions {
  /** Ends the wait with a `CanceledError`; its listener is removed however the wait ends. */
  readonly signal?: AbortSignal | undefined
}

interface Waiter<P, R> {
  readonly payload: P
  readonly resolve: (result: R) => void
  readonly reject: (error: Error) => void
}

/** First-come-first-served waiting: each waiter brings a payload and gets a result. */
export class WaitQueue<P, R> {
  readonly #waiters = new LinkedList<Waiter<P, R>>()

  /** Number of waiters. */
  get size(): number {
    return this.#waiters.size
  }

  /** Payload of the one who waits longest. */
  get first(): P | undefined {
    return this.#waiters.head?.value.payload
  }

  /**
   * Waits until `wake` or `fail`, or until the signal aborts, whereupon `onCancel` is called, the waiter being gone.
   *
   * @throws CanceledError when the signal aborts or has aborted.
   */
  wait(payload: P, signal: AbortSignal | undefined, onCancel?: () => void): Promise<R> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(canceledBecause(signal.reason))
        return
      }
      const node = this.#waiters.push({
        payload,
        resolve: (result) => {
          unlink?.()
          resolve(result)
        },
        reject: (error) => {
          unlink?.()
          reject(error)
        },
      })
      const unlink =
        signal &&
        onAbort(signal, () => {
          if (!this.#waiters.remove(node)) return
          reject(canceledBecause(signal.reason))
          onCancel?.()
        })
    })
  }

  /** Ends the longest wait with the result made from its payload; false when nobody waits. */
  wake(result: (payload: P) => R): boolean {
    const waiter = this.#waiters.shift()?.value
    waiter?.resolve(result(waiter.payload))
    return waiter !== undefined
  }

  /** Ends every wait with an error. */
  fail(error: () => Error): void {
    for (let node = this.#waiters.shift(); node !== undefined; node = this.#waiters.shift())
      node.value.reject(error())
  }
}
