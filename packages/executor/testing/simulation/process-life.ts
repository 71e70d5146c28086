import { errorOf, type Clock } from '@zkstack/concurrency'
import type { Scheduler } from './scheduler.js'

/** An answer that a dead process waits for; one of its own for each wait, since a shared one would keep every waiter for ever. */
const never = (): Promise<never> => new Promise(() => undefined)

/** The life of one process of a node. When it ends, what it waits for never comes: no code of its own runs any more. */
export class ProcessLife {
  readonly #scheduler: Scheduler
  #isAlive = true

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** The power goes. */
  end(): void {
    this.#isAlive = false
  }

  /**
   * What `call` gives, as long as the process lives: a dead one neither calls nor learns the answer. It is told to `told` before
   * anybody else.
   */
  run<T>(call: () => Promise<T>, told?: (value: T) => void): Promise<T> {
    if (!this.#isAlive) return never()
    return new Promise((resolve, reject) => {
      call().then(
        (value) => {
          if (!this.#isAlive) return
          told?.(value)
          resolve(value)
        },
        (e: unknown) => {
          if (this.#isAlive) reject(errorOf(e))
        },
      )
    })
  }

  /** Calls `act` after `ms` of virtual time; never when the process has died by then. */
  after(ms: number, act: () => void): void {
    this.#scheduler.in(ms, () => {
      if (this.#isAlive) act()
    })
  }

  /** Resolves after `ms` of virtual time; never when the process has died by then. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve)
    })
  }

  /** The clock of this process: virtual time, and a wall clock that is off by `utcOffsetMs`. */
  clock(utcOffsetMs: number): Clock {
    const scheduler = this.#scheduler
    return {
      now: () => scheduler.now,
      nowUtc: () => scheduler.now + epochMs + utcOffsetMs,
      setTimer: (atMs, fire) =>
        scheduler.at(atMs, () => {
          if (this.#isAlive) fire()
        }),
      yieldTurn: () => this.wait(0),
    }
  }
}

/** Wall-clock time at which every simulation begins: the start of 2026. */
const epochMs = 1_767_225_600_000
