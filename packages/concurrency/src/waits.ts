import type { Ctx } from './ctx.js'
import { canceledBecause } from './errors.js'

/**
 * The waits of a loop, one after another: each ends as `Ctx.race` does, for less. A promise that is waited for stays with those
 * who wait for it until it settles, so it must not be one that outlives many such loops; for those there is `Ctx.race`.
 * Dispose of it when the loop has ended.
 */
export class Waits implements Disposable {
  readonly #ctx: Ctx
  readonly #unlink: () => void
  #reject: ((error: Error) => void) | undefined

  constructor(ctx: Ctx) {
    this.#ctx = ctx
    this.#unlink = ctx.onCancel(() => {
      this.#reject?.(this.#reason())
    })
  }

  /** Waits for `p` or for cancellation, whichever comes first; not to be called again before. @throws CanceledError on cancellation. */
  for<T>(p: Promise<T>): Promise<T> {
    if (this.#ctx.canceled) {
      p.catch(() => undefined)
      return Promise.reject(this.#reason())
    }
    return new Promise((resolve, reject) => {
      this.#reject = reject
      p.then(resolve, reject)
    })
  }

  [Symbol.dispose](): void {
    this.#reject = undefined
    this.#unlink()
  }

  #reason(): Error {
    return canceledBecause(this.#ctx.reason)
  }
}
