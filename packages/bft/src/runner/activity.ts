import type { Effect } from '../chonky/effect.js'
import type { Input } from '../chonky/input.js'
import type { ChonkyState } from '../chonky/state.js'

/** What a runner saw and does, for "why is it stuck?"; times are monotonic milliseconds. */
export interface ActivitySnapshot {
  /** When the current view began; `undefined` before the first input. */
  readonly viewSince: number | undefined
  /** When each validator's own connection brought its last message; by index, `null`: never in this process. */
  readonly heardAt: readonly (number | null)[]
  /** The write that everything else waits for. */
  readonly writing: { readonly what: 'state' | 'block'; readonly since: number } | undefined
  /** By how much the timer fired too late when it fired last. */
  readonly timerLateMs: number
  /** Inputs handled since the clock moved; it stands still when they are many. */
  readonly inputsAtOneTime: number
}

/** Keeps the {@link ActivitySnapshot} of a runner; costs next to nothing. */
export class Activity {
  readonly #heardAt: (number | null)[]
  #viewSince: number | undefined
  #writing: ActivitySnapshot['writing']
  #timerLateMs = 0
  #now = Number.NaN
  #inputsAtOneTime = 0

  constructor(validators: number) {
    this.#heardAt = Array.from({ length: validators }, () => null)
  }

  /** A validator's connection brought something. */
  heard(validator: number, now: number): void {
    this.#heardAt[validator] = now
  }

  /** An input was handled. */
  handled(before: ChonkyState, { type, now }: Input, after: ChonkyState): void {
    if (this.#viewSince === undefined || after.view !== before.view) this.#viewSince = now
    if (type === 'tick') this.#timerLateMs = Math.max(0, now - before.deadline)
    this.#inputsAtOneTime = now === this.#now ? this.#inputsAtOneTime + 1 : 1
    this.#now = now
  }

  /** An effect begins to be carried out. */
  begin({ type }: Effect, now: number): void {
    if (type === 'persist') this.#writing = { what: 'state', since: now }
    else if (type === 'saveBlock') this.#writing = { what: 'block', since: now }
    else this.#writing = undefined
  }

  /** All effects were carried out. */
  end(): void {
    this.#writing = undefined
  }

  snapshot(): ActivitySnapshot {
    return {
      viewSince: this.#viewSince,
      heardAt: [...this.#heardAt],
      writing: this.#writing,
      timerLateMs: this.#timerLateMs,
      inputsAtOneTime: this.#inputsAtOneTime,
    }
  }
}
