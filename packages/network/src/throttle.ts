import { RateLimiter, type Clock, type Ctx } from '@zkstack/concurrency'
import type { Rate } from './limits.js'

/** Slows peers down to a rate: the wait is theirs, since nothing more of them is read meanwhile. */
export class Throttle {
  readonly #limiter: RateLimiter
  readonly #burst: number

  constructor(rate: Rate, clock: Clock) {
    this.#limiter = new RateLimiter({ ...rate, clock })
    this.#burst = rate.burst
  }

  /** Waits for `n` permits and uses them; more than the burst counts as the burst. */
  async pass(ctx: Ctx, n = 1): Promise<void> {
    const permits = Math.min(n, this.#burst)
    const permit =
      this.#limiter.tryAcquire(permits) ?? (await ctx.race(this.#limiter.acquire(permits)))
    permit[Symbol.dispose]()
  }
}
