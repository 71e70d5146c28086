import { err, ok, type Result } from '@zkstack/crypto'

/** How often something may be done: always, never, or so many times in any interval of this length. */
export type RateLimit =
  'unlimited' | 'disabled' | { readonly maxPerInterval: number; readonly intervalMs: number }

/** Leave to do it once: to be recorded when it was done, or released when it was not. A second call of either does nothing. */
export interface RateSlot {
  /** It was done, at this time. */
  record(nowMs: number): void
  /** It was not done: the slot is free again. */
  release(): void
}

/** The limit is reached. */
export interface RateLimited {
  readonly maxPerInterval: number
  readonly intervalMs: number
  /** Milliseconds until a slot is free, if those reserved are recorded at once; `undefined` if that never comes. */
  readonly untilNextMs: number | undefined
}

/**
 * Counts what was done in the last interval and what is being done. Times are given, in milliseconds of any clock that does not go
 * back; memory is bounded by the limit.
 * @see agglayer crates/agglayer-rate-limiting
 */
export class SlidingWindow {
  readonly #limit: RateLimit
  /** When each counted use was, in order. */
  #recorded: readonly number[] = []
  #reserved = 0

  /** @throws RangeError unless `maxPerInterval` is a non-negative integer and `intervalMs` above 0. */
  constructor(limit: RateLimit) {
    if (typeof limit !== 'string') {
      if (!Number.isSafeInteger(limit.maxPerInterval) || limit.maxPerInterval < 0)
        throw new RangeError(`maxPerInterval: expected an integer, got ${limit.maxPerInterval}`)
      if (!(limit.intervalMs > 0))
        throw new RangeError(`intervalMs: expected more than 0, got ${limit.intervalMs}`)
    }
    this.#limit = limit
  }

  /** Takes a slot if one is free. */
  reserve(nowMs: number): Result<RateSlot, RateLimited> {
    if (this.#limit === 'unlimited') return ok(freeSlot)
    if (this.#limit === 'disabled')
      return err({ maxPerInterval: 0, intervalMs: 0, untilNextMs: undefined })
    const { maxPerInterval, intervalMs } = this.#limit
    this.#forget(nowMs - intervalMs)
    if (this.#recorded.length + this.#reserved < maxPerInterval) return ok(this.#slot())
    return err({ maxPerInterval, intervalMs, untilNextMs: this.#untilNext(nowMs, intervalMs) })
  }

  /** Whether nothing is counted: a new window would do the same. */
  isIdle(nowMs: number): boolean {
    if (typeof this.#limit !== 'string') this.#forget(nowMs - this.#limit.intervalMs)
    return this.#recorded.length === 0 && this.#reserved === 0
  }

  #slot(): RateSlot {
    this.#reserved++
    let isOpen = true
    const close = (): boolean => {
      if (!isOpen) return false
      isOpen = false
      this.#reserved--
      return true
    }
    return {
      record: (nowMs) => {
        if (close()) this.#recorded = [...this.#recorded, nowMs].sort((a, b) => a - b)
      },
      release: () => {
        close()
      },
    }
  }

  #untilNext(nowMs: number, intervalMs: number): number | undefined {
    const [oldest] = this.#recorded
    if (oldest !== undefined) return oldest + intervalMs - nowMs
    return this.#reserved > 0 ? intervalMs : undefined
  }

  #forget(before: number): void {
    const first = this.#recorded.findIndex((time) => time > before)
    this.#recorded = first === -1 ? [] : this.#recorded.slice(first)
  }
}

const freeSlot: RateSlot = { record: () => undefined, release: () => undefined }
