/** Lets one loop sleep until there may be something to do. */
export class Wakeup {
  #resolve: (() => void) | undefined

  /** Resolves at the next {@link wake}. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** Ends the wait, if there is one. */
  wake(): void {
    const resolve = this.#resolve
    this.#resolve = undefined
    resolve?.()
  }
}
