import type { LeaderSelection } from './leader-selection.js'

/** A validator as it is to be scheduled. */
export interface ValidatorSpec {
  /** Canonical public key of the schedule's scheme. */
  readonly key: Uint8Array
  /** At least 1; all weights together are below 2^64. */
  readonly weight: bigint
  /** Whether it may lead a view. */
  readonly leader: boolean
}

/** What a schedule is made of. */
export interface ScheduleSpec {
  /** In any order. */
  readonly validators: readonly ValidatorSpec[]
  readonly leaderSelection: LeaderSelection
}

/** Why there is no such schedule; `index` is a position in the list that was given. */
export type ScheduleError =
  | { readonly code: 'BAD_KEY'; readonly index: number }
  | { readonly code: 'DUPLICATE_KEY'; readonly index: number }
  | { readonly code: 'ZERO_WEIGHT'; readonly index: number }
  | { readonly code: 'WEIGHT_OVERFLOW'; readonly index: number }
  | { readonly code: 'NO_VALIDATORS' }
  | { readonly code: 'NO_LEADERS' }
  | { readonly code: 'BAD_FREQUENCY' }
