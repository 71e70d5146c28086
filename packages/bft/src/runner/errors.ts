import { ZkStackError } from '@zkstack/concurrency'

/** Why a replica could not start or had to stop. */
export type ReplicaErrorCode =
  /** The store holds state of a later epoch: running this one again could sign against it (rule 23). */
  | 'EPOCH_SUPERSEDED'
  /** The persisted state contradicts itself or its epoch, or holds a QC that does not verify (rule 23). */
  | 'REPLICA_STATE_INVALID'
  /** The signer's key is not in the schedule of the epoch. */
  | 'NOT_A_VALIDATOR'
  /** Our own vote failed alone: the signer signs wrongly, or memory is damaged (rule 21). */
  | 'OWN_VOTE_INVALID'
  /** An invariant does not hold: more than f of the weight is faulty, or a part of this node is. */
  | 'INVARIANT_BROKEN'

/** Thrown by `ReplicaRunner.run` for what no retry mends. */
export class ReplicaError extends ZkStackError {
  declare readonly code: ReplicaErrorCode

  constructor(code: ReplicaErrorCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}

/** What a `warning` event is about. */
export type ReplicaWarningCode =
  /** The signer failed or took longer than a view; tried again when the timer fires. */
  | 'SIGNER_FAILED'
  /** The signer returned something that is no signature of the scheme. */
  | 'SIGNER_MALFORMED'
  /** `propose` failed, twice if it asked to be tried again: the view is skipped. */
  | 'PROPOSE_FAILED'
  /** `propose` returned more than `maxBytes`: the view is skipped. */
  | 'PROPOSE_OVERSIZED'
  /** `verify` failed, twice if it asked to be tried again: no vote in this view. */
  | 'VERIFY_FAILED'
  /** `propose` or `verify` did not answer before the view's deadline. */
  | 'EXECUTION_LATE'
  /** The sink of the recording threw: nothing more is recorded. */
  | 'RECORDING_FAILED'

/** Reported by `warning` events. */
export class ReplicaWarning extends ZkStackError {
  declare readonly code: ReplicaWarningCode

  constructor(code: ReplicaWarningCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}
