import type { Hash32 } from '@zkstack/crypto'
import type { Signed } from '@zkstack/roles'
import type { CheckResult } from './check.js'

/** The replica begins, or begins again after a restart. Must be the first input. */
export interface StartInput {
  readonly type: 'start'
  /** Monotonic time in milliseconds, as in every input. */
  readonly now: number
}

/** A message arrived from the network, or looped back after the driver signed it. */
export interface MessageInput {
  readonly type: 'message'
  readonly now: number
  readonly message: Signed
  /**
   * Index of the validator whose key was proven on the connection that brought the message, `undefined` when none was,
   * or `'self'` for a message that this replica itself decided to send and the driver looped back.
   */
  readonly carrier: number | 'self' | undefined
}

/** The driver finished the check that a `verify` effect asked for. */
export interface VerifiedInput {
  readonly type: 'verified'
  readonly now: number
  readonly id: number
  readonly result: CheckResult
}

/** Time passed. The driver sends it at the time of the last `setTimer` effect; more often does no harm. */
export interface TickInput {
  readonly type: 'tick'
  readonly now: number
}

/** Blocks `[first, next)` are on disk and those below `next` are applied by the execution layer. */
export interface BlockPersistedInput {
  readonly type: 'blockPersisted'
  readonly now: number
  readonly first: bigint
  readonly next: bigint
  /**
   * The last block of the epoch, once the committee that follows is known. The driver must know it before it tells that the
   * block before the first of the next epoch is applied; absent: as told before.
   */
  readonly last?: bigint | undefined
}

/** The execution layer judged the payload named by a `verifyPayload` effect. */
export interface PayloadVerifiedInput {
  readonly type: 'payloadVerified'
  readonly now: number
  readonly view: bigint
  readonly hash: Hash32
  readonly verdict: { readonly ok: true } | { readonly ok: false; readonly reason: string }
}

/** The execution layer answered a `propose` effect; `undefined`: it has nothing to propose in this view. */
export interface PayloadProposedInput {
  readonly type: 'payloadProposed'
  readonly now: number
  readonly view: bigint
  readonly payload: Uint8Array | undefined
}

/** Everything that can happen to a replica. */
export type Input =
  | StartInput
  | MessageInput
  | VerifiedInput
  | TickInput
  | BlockPersistedInput
  | PayloadVerifiedInput
  | PayloadProposedInput
