import type { Hash32 } from '@zkstack/crypto'
import type {
  BlockHeader,
  CommitQC,
  ConsensusMsg,
  Evidence,
  FinalBlock,
  MessageLabel,
  ReplicaState,
  TimeoutQC,
} from '@zkstack/roles'
import type { Check } from './check.js'
import type { Rejection } from './rejection.js'

/** Write the state and wait until it is on disk before any later effect (rule 22). */
export interface PersistEffect {
  readonly type: 'persist'
  readonly state: ReplicaState
}

/**
 * Hand a finalized block to the block store. With `wait`, later effects follow only once it is on disk; without, it
 * waits for blocks that sync still has to bring, and its payload stays in the persisted state meanwhile.
 */
export interface SaveBlockEffect {
  readonly type: 'saveBlock'
  readonly block: FinalBlock
  readonly wait: boolean
}

/** Sign the message, send it to all validators, and loop it back as a `message` input with carrier `'self'`. */
export interface BroadcastEffect {
  readonly type: 'broadcast'
  readonly message: ConsensusMsg
}

/** Send a `tick` at this time; replaces the timer set before. */
export interface SetTimerEffect {
  readonly type: 'setTimer'
  readonly at: number
}

/** Ask the execution layer for a payload; answer with `payloadProposed`. */
export interface ProposeEffect {
  readonly type: 'propose'
  readonly view: bigint
  readonly number: bigint
  readonly deadline: number
}

/** Ask the execution layer to judge a payload; answer with `payloadVerified`. */
export interface VerifyPayloadEffect {
  readonly type: 'verifyPayload'
  readonly view: bigint
  readonly number: bigint
  readonly payload: Uint8Array
  readonly hash: Hash32
  readonly leader: number
  readonly deadline: number
}

/** Run a check outside `step`, never delaying other inputs (rule 13); answer with `verified`. */
export interface VerifyEffect {
  readonly type: 'verify'
  readonly id: number
  readonly check: Check
}

/** A QC that was assembled from verified votes: enter it in the cache of verified QCs (rule 17). */
export interface QcFormedEffect {
  readonly type: 'qcFormed'
  readonly qc: CommitQC | TimeoutQC
}

/** A message was dropped. For logs and metrics. */
export interface RejectedEffect {
  readonly type: 'rejected'
  readonly label: MessageLabel
  readonly author: Uint8Array
  readonly view: bigint
  readonly rejection: Rejection
}

/** A validator was blamed (rule 14). For logs and metrics; the consequences are kept in the state. */
export interface BlamedEffect {
  readonly type: 'blamed'
  readonly validator: number
  readonly rule: BlameRule
}

/** What a blamed validator did. */
export type BlameRule =
  'INVALID_SIGNATURE' | 'INVALID_EMBEDDED_QC' | 'INVALID_JUSTIFICATION' | 'RELAYED_INVALID'

/** Two verified signatures that no honest validator makes (rule 16): tell the embedder. */
export interface EvidenceEffect extends Evidence {
  readonly type: 'evidence'
  readonly validator: number
}

export type { ConflictKind } from '@zkstack/roles'

/** A block is final; it is not always on our disk yet. */
export interface FinalizedEffect {
  readonly type: 'finalized'
  readonly header: BlockHeader
  readonly view: bigint
}

/** A view began. */
export interface ViewEnteredEffect {
  readonly type: 'viewEntered'
  readonly view: bigint
  readonly leader: number
}

/** A view's time ran out, for the first or a further time. */
export interface ViewTimedOutEffect {
  readonly type: 'viewTimedOut'
  readonly view: bigint
  readonly leader: number
}

/** Stop the replica at once: our own vote failed alone (rule 21), or our proposal is broken. */
export interface HaltEffect {
  readonly type: 'halt'
  readonly code: 'OWN_VOTE_INVALID'
}

/** What the driver must do, strictly in order. */
export type Effect =
  | PersistEffect
  | SaveBlockEffect
  | BroadcastEffect
  | SetTimerEffect
  | ProposeEffect
  | VerifyPayloadEffect
  | VerifyEffect
  | QcFormedEffect
  | RejectedEffect
  | BlamedEffect
  | EvidenceEffect
  | FinalizedEffect
  | ViewEnteredEffect
  | ViewTimedOutEffect
  | HaltEffect
