import { onAbort, type Ctx } from '@zkstack/concurrency'

/** A child of a context that a signal ends too; dispose unlinks it from both. */
export class LinkedCtx implements Disposable {
  readonly #ctx: Ctx
  readonly #unlink: () => void

  constructor(parent: Ctx, signal: AbortSignal | undefined) {
    this.#ctx = parent.child()
    const cancel = (): void => {
      this.#ctx.cancel(signal?.reason)
    }
    this.#unlink = signal === undefined ? () => undefined : onAbort(signal, cancel)
  }

  /** Aborts with the parent, the signal or {@link cancel}. */
  get signal(): AbortSignal {
    return this.#ctx.signal
  }

  get canceled(): boolean {
    return this.#ctx.canceled
  }

  /** @throws CanceledError once one of them has ended. */
  throwIfCanceled(): void {
    this.#ctx.throwIfCanceled()
  }

  /** The value of `p`, or the cancellation, whichever comes first. */
  race<T>(p: Promise<T>): Promise<T> {
    return this.#ctx.race(p)
  }

  cancel(): void {
    this.#ctx.cancel()
  }

  [Symbol.dispose](): void {
    this.#unlink()
    this.#ctx[Symbol.dispose]()
  }
}
