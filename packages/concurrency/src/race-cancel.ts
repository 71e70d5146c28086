import type { Ctx } from './ctx.js'
import { canceledBecause } from './errors.js'

interface Racer {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * Where a promise keeps those who wait for it through a context. A promise's reactions cannot be taken back, so each promise gets one
 * pair of them for all its racers, and a racer that gives up leaves the set; a reaction per race would stay on a long-lived promise for
 * ever. On the promise itself, because most are raced once and a map from promises is dear to the garbage collector.
 */
const racersKey = Symbol('racers')

type RacedPromise = Promise<unknown> & { [racersKey]?: Set<Racer> | undefined }

function racersOf(p: RacedPromise): Set<Racer> {
  const known = p[racersKey]
  if (known !== undefined) return known
  const set = new Set<Racer>()
  // A frozen promise cannot remember them; then each race has reactions of its own.
  Reflect.set(p, racersKey, set)
  p.then(
    (value) => {
      Reflect.set(p, racersKey, undefined)
      for (const racer of set) racer.resolve(value as never)
    },
    (error: unknown) => {
      Reflect.set(p, racersKey, undefined)
      for (const racer of set) racer.reject(error)
    },
  )
  return set
}

/** Waits for `p` or for the cancellation of `ctx`; see {@link Ctx.race}. */
export function raceCancel<T>(ctx: Ctx, p: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const set = racersOf(p)
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
