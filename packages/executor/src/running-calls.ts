import type { Clock } from '@zkstack/concurrency'

/** A call of the execution layer that has not ended. */
export interface RunningCall {
  readonly method: 'propose' | 'verify' | 'commit' | 'scheduleAt'
  readonly block: bigint
  /** Monotonic milliseconds. */
  readonly since: number
}

/** Knows the calls of the execution layer that have not ended, those included whose answers nobody awaits any more. */
export class RunningCalls {
  readonly #calls = new Set<RunningCall>()
  readonly #clock: Clock
  #committedAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The calls, oldest first. */
  get list(): readonly RunningCall[] {
    return [...this.#calls]
  }

  /** When a `commit` resolved last. */
  get committedAt(): number | undefined {
    return this.#committedAt
  }

  /** Notes a call until the promise that it returns settles. */
  async note<T>(method: RunningCall['method'], block: bigint, call: () => Promise<T>): Promise<T> {
    const running = { method, block, since: this.#clock.now() }
    this.#calls.add(running)
    try {
      const answer = await call()
      if (method === 'commit') this.#committedAt = this.#clock.now()
      return answer
    } finally {
      this.#calls.delete(running)
    }
  }
}
