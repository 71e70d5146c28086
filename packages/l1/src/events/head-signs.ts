import { Watch, type Ctx } from '@zkstack/concurrency'
import type { HeadSource } from './new-heads.js'

/** Hands the signs of one {@link HeadSource} to everybody who waits for new blocks, so that one connection serves them all. */
export class HeadSigns implements HeadSource {
  readonly #count = new Watch(0)

  /** How many there were. */
  get count(): number {
    return this.#count.value
  }

  /** There may be a new block. */
  tell(): void {
    this.#count.update((count) => count + 1)
  }

  /** Calls `onHead` at each sign from now on. @throws CanceledError when the context is canceled. */
  async run(ctx: Ctx, onHead: () => void): Promise<void> {
    const end = this.#count.subscribe(onHead)
    try {
      await ctx.sleep(Infinity)
    } finally {
      end()
    }
  }

  /** Waits until there were more than `seen`, but no longer than `ms`. @throws CanceledError when the context is canceled. */
  async next(ctx: Ctx, seen: number, ms: number): Promise<void> {
    using waiting = ctx.child()
    const { signal } = waiting
    const sign = this.#count.waitFor((count) => count !== seen, { signal })
    await Promise.race([waiting.sleep(ms), sign])
  }
}
