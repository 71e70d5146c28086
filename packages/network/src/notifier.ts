/** Wakes everybody who waits; what it means is theirs to look up. */
export class Notifier {
  #promise: Promise<void> | undefined
  #resolve: () => void = () => undefined
  readonly #subscribers = new Set<() => void>()

  /** Resolves at the next {@link Notifier.notify}. */
  wait(): Promise<void> {
    this.#promise ??= new Promise((resolve) => (this.#resolve = resolve))
    return this.#promise
  }

  /** Calls `f` at every {@link Notifier.notify}, and returns the function that ends this. `f` must not throw. */
  subscribe(f: () => void): () => void {
    this.#subscribers.add(f)
    return () => {
      this.#subscribers.delete(f)
    }
  }

  /** Resolves every wait. */
  notify(): void {
    this.#promise = undefined
    this.#resolve()
    for (const subscriber of [...this.#subscribers]) subscriber()
  }
}
