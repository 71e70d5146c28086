import { viewOf, labelOf } from '@zkstack/roles'
import type { Effect } from './effect.js'
import type { Rejection } from './rejection.js'
import { replicaStateOf } from './state.js'
import type { Arrival, ChonkyState } from './state.js'

/** What `step` returns. */
export interface Transition {
  readonly state: ChonkyState
  readonly effects: readonly Effect[]
}

/** One step in the making: the state so far and the effects so far. Never outlives a call of `step`. */
export class Turn {
  readonly effects: Effect[] = []
  #state: ChonkyState
  /** Whether the state is a copy of this turn's own, which nobody else has seen. */
  #isOwn = false

  constructor(
    state: ChonkyState,
    readonly now: number,
  ) {
    this.#state = state
  }

  get state(): ChonkyState {
    return this.#state
  }

  get schedule(): ChonkyState['config']['scope']['schedule'] {
    return this.state.config.scope.schedule
  }

  update(change: Partial<ChonkyState>): void {
    if (this.#isOwn) Object.assign(this.#state, change)
    else this.#state = { ...this.#state, ...change }
    this.#isOwn = true
  }

  emit(effect: Effect): void {
    this.effects.push(effect)
  }

  persist(): void {
    this.emit({ type: 'persist', state: replicaStateOf(this.state) })
  }

  reject(arrival: Arrival, rejection: Rejection): void {
    const { msg, key } = arrival.message
    const view = viewOf(msg).number
    this.emit({ type: 'rejected', label: labelOf(msg), author: key, view, rejection })
  }

  end(): Transition {
    return { state: this.state, effects: this.effects }
  }
}
