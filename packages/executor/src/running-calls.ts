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

  /** Notes a call until the promise that it returns settles. @throws what `call` throws before it returns one. */
  note<T>(method: RunningCall['method'], block: bigint, call: () => Promise<T>): Promise<T> {
    const running = { method, block, since: this.#clock.now() }
    const end = (): void => {
      this.#calls.delete(running)
    }
    this.#calls.add(running)
    try {
      // An execution layer without types may return what it likes.
      const answer = Promise.resolve(call())
      answer.then(() => {
        end()
        if (method === 'commit') this.#committedAt = this.#clock.now()
      }, end)
      return answer
    } catch (e) {
      end()
      throw e
    }
  }
}
