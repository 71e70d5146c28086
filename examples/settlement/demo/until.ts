import type { Ctx } from '@zkstack/concurrency'

const patienceMs = 90_000

/** Looks until something is there. @throws Error that says what, when it takes too long */
export async function until<T>(
  ctx: Ctx,
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = ctx.clock.now() + patienceMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (ctx.clock.now() > deadline)
      throw new Error(`waited ${patienceMs / 1000} s in vain until ${what}`)
    await ctx.sleep(50)
  }
}
