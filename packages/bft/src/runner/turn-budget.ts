import type { Clock } from '@zkstack/concurrency'

/** Inputs handled in one go before others get a turn. */
const inputsPerTurn = 16

/** Milliseconds after which others get a turn, however few inputs were handled. */
const turnMs = 5

/** Says when a loop that always has something to do should let others run. */
export class TurnBudget {
  readonly #clock: Clock
  #handled = 0
  #since: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.now()
  }

  /** Counts an input; true when it was the last of this turn. */
  spend(): boolean {
    this.#handled += 1
    return this.#handled >= inputsPerTurn || this.#clock.now() - this.#since >= turnMs
  }

  /** Begins a turn. */
  renew(): void {
    this.#handled = 0
    this.#since = this.#clock.now()
  }
}
