/** How a timer takes part in automatic advancing. */
export interface TimerOptions {
  /** True for deadlines: a manual clock that advances by itself never advances for such a timer's sake. */
  readonly passive?: boolean
}

/** The only source of time; everything that waits takes one, so that tests own the time. */
export interface Clock {
  /** Monotonic time in milliseconds, fractional, from an arbitrary origin. */
  now(): number
  /** Wall-clock time in milliseconds since the Unix epoch; it may jump. */
  nowUtc(): number
  /** Calls `fire` once when `now()` has reached `atMs` (never before, never synchronously) and returns its idempotent cancel. */
  setTimer(atMs: number, fire: () => void, o?: TimerOptions): () => void
  /** Ends after other work that is ready had its turn. Absent: a turn of the event loop; a clock of virtual time has its own. */
  yieldTurn?(): Promise<void>
}

/** The longest delay a platform timer takes: 2^31 − 1 ms; longer ones fire at once, so they are cut and re-armed. */
const longestDelayMs = 2 ** 31 - 1

/** The platform's clock. */
export const realClock: Clock = {
  now: () => performance.now(),
  nowUtc: () => Date.now(),
  setTimer(atMs, fire) {
    let handle: ReturnType<typeof setTimeout> | undefined
    const arm = (): void => {
      const delay = Math.max(0, Math.ceil(atMs - performance.now()))
      handle = setTimeout(expire, Math.min(delay, longestDelayMs))
    }
    const expire = (): void => {
      // Platform timers may fire up to a millisecond early.
      if (performance.now() < atMs) arm()
      else fire()
    }
    arm()
    return () => {
      clearTimeout(handle)
    }
  },
}

/** Ends after every promise reaction and platform event that is ready now has run: one turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
