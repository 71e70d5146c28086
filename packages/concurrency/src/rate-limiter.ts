import type { Clock } from './clock.js'
import { canceledBecause } from './errors.js'
import { disposeOnce } from './semaphore.js'
import { WaitQueue } from './wait-queue.js'
import type { WaitOptions } from './wait-queue.js'

/** Options of {@link RateLimiter}. */
export interface RateLimiterOptions {
  /** Permits of a full bucket, hence the most that can be had at once; a positive integer or `Infinity`. */
  readonly burst: number
  /** Milliseconds in which one permit comes back; 0 or less: no limit in time. */
  readonly refreshMs: number
  readonly clock: Clock
}

/** Slack against rounding when elapsed time is divided into ticks. */
const tickSlack = 1e-9

/**
 * A token bucket with delayed consumption: permits are reserved by `acquire` and consumed when the Disposable is disposed, and
 * only consumed ones come back with time, one per `refreshMs`. Slow work therefore counts from its end, not from its beginning.
 *
 * First come, first served. Invariant: 0 ≤ reserved ≤ permits ≤ burst.
 */
export class RateLimiter {
  readonly #o: RateLimiterOptions
  readonly #start: number
  readonly #waiters = new WaitQueue<number, Disposable>()
  #ticks = 0
  #permits: number
  #reserved = 0
  #cancelTimer: (() => void) | undefined

  /** @throws RangeError when `burst` is not a positive integer or `Infinity`. */
  constructor(o: RateLimiterOptions) {
    if (!(o.burst === Infinity || (Number.isSafeInteger(o.burst) && o.burst >= 1))) {
      throw new RangeError(`burst must be a positive integer or Infinity: ${o.burst}`)
    }
    if (Number.isNaN(o.refreshMs)) throw new RangeError('refreshMs must be a number')
    this.#o = o
    this.#start = o.clock.now()
    this.#permits = o.burst
  }

  /** Permits that can be had at once. */
  get available(): number {
    this.#refresh()
    return this.#permits - this.#reserved
  }

  /**
   * Waits in turn for `n` permits and reserves them; disposing of the result consumes them.
   *
   * @throws RangeError when `n` is no non-negative integer or above `burst` (it would wait for ever); CanceledError when the
   * signal aborts, nothing then being consumed.
   */
  async acquire(n = 1, o?: WaitOptions): Promise<Disposable> {
    if (o?.signal?.aborted === true) throw canceledBecause(o.signal.reason)
    const permit = this.tryAcquire(n)
    if (permit !== undefined) return permit
    const wait = this.#waiters.wait(n, o?.signal, () => {
      this.#serve()
    })
    this.#serve()
    return wait
  }

  /** `n` permits when they can be had now and nobody waits before. @throws RangeError as `acquire`. */
  tryAcquire(n = 1): Disposable | undefined {
    return this.#isFree(n) ? this.#reserve(n) : undefined
  }

  /**
   * Consumes `n` permits when they can be had now and nobody waits before; the same as disposing at once of what `tryAcquire`
   * returns, for less. @throws RangeError as `acquire`.
   */
  tryConsume(n = 1): boolean {
    if (!this.#isFree(n)) return false
    this.#permits -= n
    return true
  }

  #reserve(n: number): Disposable {
    this.#reserved += n
    return disposeOnce(() => {
      // Before consuming: time that passed while the permits were only reserved must not refill them.
      this.#refresh()
      this.#reserved -= n
      this.#permits -= n
      this.#serve()
    })
  }

  #isFree(n: number): boolean {
    if (!Number.isSafeInteger(n) || n < 0 || n > this.#o.burst) {
      throw new RangeError(`n must be an integer from 0 to the burst of ${this.#o.burst}: ${n}`)
    }
    return this.#waiters.size === 0 && this.available >= n
  }

  #refresh(): void {
    if (this.#o.refreshMs <= 0) {
      this.#permits = this.#o.burst
      return
    }
    const ticks = Math.floor((this.#o.clock.now() - this.#start) / this.#o.refreshMs + tickSlack)
    this.#permits = Math.min(this.#o.burst, this.#permits + ticks - this.#ticks)
    this.#ticks = ticks
  }

  /** Gives whoever waits what there is, and sets a timer for the next permit that comes back by itself. */
  #serve(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#refresh()
    for (let n = this.#waiters.first; n !== undefined; n = this.#waiters.first) {
      const missing = n - (this.#permits - this.#reserved)
      if (missing > 0) {
        // Above the burst nothing comes back by itself: the next disposal serves.
        if (this.#permits + missing <= this.#o.burst) this.#armTimer(missing)
        return
      }
      this.#waiters.wake((permits) => this.#reserve(permits))
    }
  }

  #armTimer(missing: number): void {
    const at = this.#start + (this.#ticks + missing) * this.#o.refreshMs
    this.#cancelTimer = this.#o.clock.setTimer(at, () => {
      this.#serve()
    })
  }
}
