/** Tokens that come back with time. It knows no clock: `now` is monotonic time in milliseconds. */
export class TokenBucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
    this.#at = now
  }

  /** Whether one can be taken. */
  hasToken(now: number): boolean {
    return this.#refill(now) >= 1
  }

  /** Whether none is missing. */
  isFull(now: number): boolean {
    return this.#refill(now) === this.#burst
  }

  /** Takes one, if it is there. */
  take(now: number): boolean {
    if (!this.hasToken(now)) return false
    this.#tokens--
    return true
  }

  /** Takes one that may come back only later. */
  use(now: number): void {
    this.#refill(now)
    this.#tokens--
  }

  /** When nothing is owed any more, in milliseconds from now. */
  debtMs(now: number): number {
    return Math.max(0, (-this.#refill(now) * 1000) / this.#perSecond)
  }

  #refill(now: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000)
    this.#at = now
    return this.#tokens
  }
}
