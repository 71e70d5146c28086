import { callAll } from './call-all.js'
import { canceledBecause, errorOf } from './errors.js'
import { onCancel } from './lazy-signal.js'
import type { WaitOptions } from './wait-queue.js'

/** A value that can be waited upon. Observers see the newest value; they may miss those in between. */
export class Watch<T> {
  #value: T
  #version = 0
  readonly #subscribers = new Set<(value: T) => void>()

  constructor(initial: T) {
    this.#value = initial
  }

  /** The newest value. */
  get value(): T {
    return this.#value
  }

  /** Replaces the value and tells every subscriber, equal or not. @throws the first error of a subscriber, after all were told. */
  set(value: T): void {
    this.#value = value
    this.#version += 1
    callAll(this.#subscribers, value)
  }

  /** Replaces the value by what `f` makes of it. */
  update(f: (value: T) => T): void {
    this.set(f(this.#value))
  }

  /** Number of subscribers and waits. */
  get subscribers(): number {
    return this.#subscribers.size
  }

  /** Calls `f` with every value set from now on, and returns the function that ends this. */
  subscribe(f: (value: T) => void): () => void {
    // A wrapper, so that subscribing one function twice gives two subscriptions.
    const subscriber = (value: T): void => {
      f(value)
    }
    this.#subscribers.add(subscriber)
    return () => {
      this.#subscribers.delete(subscriber)
    }
  }

  /** Waits until the value, the present one included, fulfils `predicate`. @throws CanceledError when the signal aborts. */
  waitFor(predicate: (value: T) => boolean, o?: WaitOptions): Promise<T> {
    try {
      if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
      return predicate(this.#value) ? Promise.resolve(this.#value) : this.#wait(predicate, o)
    } catch (e) {
      return Promise.reject(errorOf(e))
    }
  }

  /** Yields the present value, then the newest one after each change. @throws CanceledError when the signal aborts. */
  async *changes(o?: WaitOptions): AsyncGenerator<T, never, undefined> {
    for (let seen = -1; ;) {
      await this.waitFor(() => this.#version !== seen, o)
      seen = this.#version
      yield this.#value
    }
  }

  #wait(predicate: (value: T) => boolean, o: WaitOptions | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        unsubscribe()
        unlink?.()
      }
      const unsubscribe = this.subscribe((value) => {
        try {
          if (!predicate(value)) return
          end()
          resolve(value)
        } catch (e) {
          end()
          reject(errorOf(e))
        }
      })
      const unlink = onCancel(o, () => {
        end()
        reject(canceledBecause(o?.signal?.reason))
      })
    })
  }
}
