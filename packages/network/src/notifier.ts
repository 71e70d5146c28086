/** Wakes everybody who waits; what it means is theirs to look up. */
export class Notifier {
  #promise: Promise<void> | undefined
  #resolve: () => void = () => undefined

  /** Resolves at the next {@link Notifier.notify}. */
  wait(): Promise<void> {
    this.#promise ??= new Promise((resolve) => (this.#resolve = resolve))
    return this.#promise
  }

  /** Resolves every wait. */
  notify(): void {
    this.#promise = undefined
    this.#resolve()
  }
}
