import type { Ctx } from './ctx.js'
import { canceledBecause } from './errors.js'

interface Racer {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * Who waits for a promise through a context. A promise's reactions cannot be taken back, so each promise gets one pair of them
 * for all its racers, and a racer that gives up leaves the set; a reaction per race would stay on a long-lived promise for ever.
 */
const racersOf = new WeakMap<Promise<unknown>, Set<Racer>>()

function racers(p: Promise<unknown>): Set<Racer> {
  const known = racersOf.get(p)
  if (known !== undefined) return known
  const set = new Set<Racer>()
  racersOf.set(p, set)
  p.then(
    (value) => {
      racersOf.delete(p)
      for (const racer of set) racer.resolve(value as never)
    },
    (error: unknown) => {
      racersOf.delete(p)
      for (const racer of set) racer.reject(error)
    },
  )
  return set
}

/** Waits for `p` or for the cancellation of `ctx`; see {@link Ctx.race}. */
export function raceCancel<T>(ctx: Ctx, p: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const set = racers(p)
    let unlink = (): void => undefined
    const racer: Racer = {
      resolve: (value: T) => {
        unlink()
        resolve(value)
      },
      reject: (error) => {
        unlink()
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the promise's own reason is passed on as it is
        reject(error)
      },
    }
    if (!ctx.canceled) set.add(racer)
    unlink = ctx.onCancel(() => {
      set.delete(racer)
      reject(canceledBecause(ctx.reason))
    })
  })
}
