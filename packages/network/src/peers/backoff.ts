import type { Random } from '@zkstack/concurrency'

/** Options of a {@link Backoff}. */
export interface BackoffOptions {
  readonly minMs: number
  readonly maxMs: number
  /** Share of a pause that is random, to either side: 0.25 gives 75 % to 125 %. */
  readonly jitter: number
  readonly random: Random
}

/** Pauses that double from `minMs` to `maxMs`, each with jitter, so that nodes restarted together spread out. */
export class Backoff {
  readonly #o: BackoffOptions
  #failures = 0

  constructor(o: BackoffOptions) {
    this.#o = o
  }

  /** The next pause in milliseconds. */
  next(): number {
    const { minMs, maxMs, jitter, random } = this.#o
    const pause = Math.min(maxMs, minMs * 2 ** this.#failures)
    // no further than needed to reach the maximum: the exponent must not grow for ever
    if (pause < maxMs) this.#failures++
    return pause * (1 + jitter * (2 * random.float() - 1))
  }

  /** Starts over. */
  reset(): void {
    this.#failures = 0
  }
}
