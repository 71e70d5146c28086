import { onCancel, type Ctx, type WaitOptions } from '@zkstack/concurrency'

/** A child of a context that the signal of a call ends too; dispose unlinks it from both. */
export class LinkedCtx implements Disposable {
  readonly #ctx: Ctx
  readonly #unlink: (() => void) | undefined

  constructor(parent: Ctx, o: WaitOptions) {
    this.#ctx = parent.child()
    this.#unlink = onCancel(o, () => {
      this.#ctx.cancel(o.signal?.reason)
    })
  }

  /** Aborts with the parent, the signal or {@link cancel}. */
  get signal(): AbortSignal {
    return this.#ctx.signal
  }

  /** As that of a context. */
  onCancel(f: () => void): () => void {
    return this.#ctx.onCancel(f)
  }

  get canceled(): boolean {
    return this.#ctx.canceled
  }

  /** The error of whatever waits on it; undefined until it has ended. */
  get reason(): Error | undefined {
    return this.#ctx.reason
  }

  /** @throws CanceledError once one of them has ended. */
  throwIfCanceled(): void {
    this.#ctx.throwIfCanceled()
  }

  /** The value of `p`, or the cancellation, whichever comes first. */
  race<T>(p: Promise<T>): Promise<T> {
    return this.#ctx.race(p)
  }

  /** Waits that long. @throws CanceledError once one of them has ended. */
  sleep(ms: number): Promise<void> {
    return this.#ctx.sleep(ms)
  }

  cancel(): void {
    this.#ctx.cancel()
  }

  [Symbol.dispose](): void {
    this.#unlink?.()
    this.#ctx[Symbol.dispose]()
  }
}
