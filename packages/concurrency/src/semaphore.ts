import { canceledBecause } from './errors.js'
import { WaitQueue } from './wait-queue.js'
import type { WaitOptions } from './wait-queue.js'

/** A Disposable that calls `release` once, however often it is disposed. */
export function disposeOnce(release: () => void): Disposable {
  let held = true
  return {
    [Symbol.dispose]() {
      if (!held) return
      held = false
      release()
    },
  }
}

/** Bounds how many hold something at once; one permit makes it a mutex. First come, first served. */
export class Semaphore {
  #available: number
  readonly #waiters = new WaitQueue<undefined, Disposable>()

  /** @param permits how many may hold at once. @throws RangeError unless a positive integer. */
  constructor(permits: number) {
    if (!Number.isSafeInteger(permits) || permits < 1)
      throw new RangeError(`permits must be a positive integer: ${permits}`)
    this.#available = permits
  }

  /** Permits that nobody holds. */
  get available(): number {
    return this.#available
  }

  /** Number of those who wait. */
  get waiting(): number {
    return this.#waiters.size
  }

  /** Waits in turn for a permit; dispose of it to give it back. @throws CanceledError when the signal aborts, no permit then being lost. */
  async acquire(o?: WaitOptions): Promise<Disposable> {
    if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
    return this.tryAcquire() ?? this.#waiters.wait(undefined, o?.signal)
  }

  /** A permit when one is free now. */
  tryAcquire(): Disposable | undefined {
    if (this.#available === 0) return undefined
    this.#available -= 1
    return this.#permit()
  }

  #permit(): Disposable {
    return disposeOnce(() => {
      if (!this.#waiters.wake(() => this.#permit())) this.#available += 1
    })
  }
}
