import type { BlockHeader, CommitQC, ReplicaState, Signed } from '@zkstack/roles'

/** What must never happen while at most f of the weight is faulty, and our own parts work. */
export type InvariantCode =
  /** Two blocks of one height have a valid certificate, or one on disk has another than a certificate names. */
  | 'AGREEMENT'
  /** Two blocks of one view have a valid certificate. */
  | 'ONE_BLOCK_A_VIEW'
  /** Of two certificates, the one of the later view is for a lower block; or the blocks on disk went back. */
  | 'CHAIN'
  /** We voted for another block than the one that we know to be final at its height since an earlier view. */
  | 'VOTE_AGAINST_FINAL'
  /** View, phase, high vote or a high QC went back, in memory or on disk. */
  | 'VIEW_ORDER'
  /** We entered a view without a QC of the view before. */
  | 'VIEW_JUSTIFIED'
  /** We were about to send a message that the state on disk does not cover (rule 22). */
  | 'VOTE_ON_DISK'
  /** We were about to send a message that contradicts an earlier one of ours (rule 16). */
  | 'DOUBLE_VOTE'

/** What shows that an invariant is broken. */
export interface InvariantData {
  /** Two certificates that cannot both exist: whoever signed both is at fault. */
  readonly qcs?: readonly CommitQC[]
  readonly block?: BlockHeader
  /** Messages of our own, the newest last. */
  readonly messages?: readonly Signed[]
  readonly disk?: ReplicaState | undefined
  /** A value before and after. */
  readonly before?: bigint | string
  readonly after?: bigint | string
}

/** An invariant that does not hold, and what shows it. */
export interface InvariantViolation {
  readonly code: InvariantCode
  /** What happened, in a sentence. */
  readonly message: string
  readonly data: InvariantData
}
