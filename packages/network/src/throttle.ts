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
    if (this.tryPass(n)) return
    const { signal } = ctx
    const permit = await this.#limiter.acquire(Math.min(n, this.#burst), { signal })
    permit[Symbol.dispose]()
  }

  /** Uses `n` permits, if they are there and nobody waits for any. */
  tryPass(n = 1): boolean {
    return this.#limiter.tryConsume(Math.min(n, this.#burst))
  }
}
