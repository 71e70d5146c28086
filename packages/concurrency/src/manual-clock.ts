import { nextTurn } from './clock.js'
import type { Clock, TimerOptions } from './clock.js'

interface ManualTimer {
  readonly atMs: number
  readonly order: number
  readonly passive: boolean
  readonly fire: () => void
}

/**
 * A clock that stands still until it is told to move: the base of deterministic tests.
 *
 * Timers fire in order of their time, then of their setting, each while `now()` shows exactly its time (a timer set in the past
 * fires with the next movement, without moving the time back). Monotonic and wall-clock time are independent but for `advance`.
 */
export class ManualClock implements Clock {
  #now: number
  #utcOffset: number
  #order = 0
  #auto: boolean
  #turnPending = false
  readonly #timers: ManualTimer[] = []

  /** @param o.autoAdvance whether the time jumps to the next timer whenever nothing else is left to do; default false. */
  constructor(
    o: { readonly nowMs?: number; readonly utcMs?: number; readonly autoAdvance?: boolean } = {},
  ) {
    this.#now = o.nowMs ?? 0
    // A fixed moment in 1998, so that a test that mistakes one kind of time for the other fails.
    this.#utcOffset = (o.utcMs ?? 891_082_933_154.890_2) - this.#now
    this.#auto = o.autoAdvance ?? false
  }

  now(): number {
    return this.#now
  }

  nowUtc(): number {
    return this.#now + this.#utcOffset
  }

  /** Number of timers that wait to fire. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /** Time of the earliest waiting timer in milliseconds; `undefined` when there is none. */
  get nextTimerMs(): number | undefined {
    return this.#timers[0]?.atMs
  }

  /** Whether the time jumps to the next timer, passive ones excepted, whenever the event loop has nothing else to do. */
  get autoAdvance(): boolean {
    return this.#auto
  }

  set autoAdvance(on: boolean) {
    this.#auto = on
    this.#scheduleAutoAdvance()
  }

  /** Sets the wall clock without touching monotonic time or any timer. */
  setUtc(utcMs: number): void {
    this.#utcOffset = utcMs - this.#now
  }

  setTimer(atMs: number, fire: () => void, o?: TimerOptions): () => void {
    if (Number.isNaN(atMs)) throw new RangeError('atMs must be a number of milliseconds, not NaN')
    const timer = { atMs, order: this.#order++, passive: o?.passive ?? false, fire }
    this.#timers.splice(this.#position(timer), 0, timer)
    if (!timer.passive) this.#scheduleAutoAdvance()
    return () => {
      const index = this.#timers.indexOf(timer)
      if (index >= 0) this.#timers.splice(index, 1)
    }
  }

  /** Moves the time on by `ms`, firing every timer on the way. @throws RangeError when `ms` is negative. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`ms must not be negative: ${ms}`)
    this.advanceTo(this.#now + ms)
  }

  /** Moves the time to `atMs`, firing every timer on the way, those included that they set. @throws RangeError when it lies in the past. */
  advanceTo(atMs: number): void {
    if (!(atMs >= this.#now))
      throw new RangeError(`time cannot go back from ${this.#now} to ${atMs}`)
    while (this.#fireNext(atMs)) continue
    this.#now = Math.max(this.#now, atMs)
  }

  /** Moves the time on by `ms` like `advance`, but lets everything that each timer woke run before the next one fires. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms
    await nextTurn()
    while (this.#fireNext(end)) await nextTurn()
    this.advanceTo(Math.max(end, this.#now))
    await nextTurn()
  }

  #fireNext(untilMs: number): boolean {
    const timer = this.#timers[0]
    if (timer === undefined || timer.atMs > untilMs) return false
    this.#timers.shift()
    this.#now = Math.max(this.#now, timer.atMs)
    timer.fire()
    return true
  }

  /** Index of the first timer that fires after `timer`, by bisection. */
  #position(timer: ManualTimer): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#timers[middle]
      if (other !== undefined && other.atMs <= timer.atMs) low = middle + 1
      else high = middle
    }
    return low
  }

  #scheduleAutoAdvance(): void {
    if (!this.#auto || this.#turnPending) return
    if (this.#timers.every((t) => t.passive)) return
    this.#turnPending = true
    nextTurn().then(
      () => {
        this.#turnPending = false
        if (this.#auto) this.#jump()
      },
      () => undefined,
    )
  }

  /** Advances to the earliest timer that is not passive, firing the passive ones on the way. */
  #jump(): void {
    const due = this.#timers.find((t) => !t.passive)
    while (due !== undefined && this.#timers.includes(due)) this.#fireNext(Infinity)
    this.#scheduleAutoAdvance()
  }
}
