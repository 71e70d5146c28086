import type { Ctx } from '@zkstack/concurrency'
import { DemoError } from './demo-error.js'

/** A step of the demo takes a few seconds; on a machine that does other things besides, much more. */
const patienceMs = 45_000

/** Looks until something is there. @throws DemoError that says what, when it takes too long */
export async function until<T>(
  ctx: Ctx,
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  return within(ctx, what, async (own) => {
    for (;;) {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen
      await own.sleep(50)
    }
  })
}

/** Waits for work that knows by itself when it is done. @throws DemoError that says what, when it takes too long */
export async function within<T>(
  ctx: Ctx,
  what: string,
  work: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  using own = ctx.child({ timeoutMs: patienceMs })
  try {
    return await own.race(work(own))
  } catch (e) {
    ctx.throwIfCanceled()
    if (!own.canceled) throw e
    throw new DemoError(`waited ${patienceMs / 1000} s in vain until ${what}`)
  }
}
