import type { Random } from '@zkstack/concurrency'

/** Waits between attempts: doubled from 100 ms up to 10 s, each cut by up to a half so that nodes do not march in step. */
export class Backoff {
  readonly #random: Random
  #nextMs = 100

  constructor(random: Random) {
    this.#random = random
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    const ms = this.#nextMs * (1 - this.#random.float() / 2)
    this.#nextMs = Math.min(this.#nextMs * 2, 10_000)
    return ms
  }
}
