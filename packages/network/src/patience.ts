import type { Clock } from '@zkstack/concurrency'

/** A wait with an end that no cancellation shortens: for the last words of a connection, when its context is over. */
export class Patience implements Disposable {
  /** Resolves when the time is over; never, when disposed of before. */
  readonly over: Promise<void>
  #cancel: () => void = () => undefined

  constructor(clock: Clock, ms: number) {
    this.over = new Promise((resolve) => {
      this.#cancel = clock.setTimer(clock.now() + ms, resolve, { passive: true })
    })
  }

  [Symbol.dispose](): void {
    this.#cancel()
  }
}
