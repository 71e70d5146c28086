import { ZkStackError } from '@zkstack/concurrency'

/** Lets something run once at a time. */
export class SingleRun {
  readonly #what: string
  #isRunning = false

  /** @param what runs, as an error names it */
  constructor(what: string) {
    this.#what = what
  }

  /** @throws ZkStackError `ALREADY_RUNNING` while it does; and what the work throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning)
      throw new ZkStackError('ALREADY_RUNNING', `${this.#what} runs already: end that run first`)
    this.#isRunning = true
    try {
      return await work()
    } finally {
      this.#isRunning = false
    }
  }
}
