import type { Hash32 } from '@zkstack/crypto'
import type { CommitQC, ProposalJustification, Signed } from '@zkstack/roles'

/** Verify one message: its signature alone, its justification in full, or both, the signature first. */
export interface MessageCheck {
  readonly type: 'message'
  readonly message: Signed
  readonly checkSignature: boolean
  readonly justification: ProposalJustification | undefined
}

/** One vote of a group: who signed which message hash with which signature. */
export interface VoteToCheck {
  readonly author: number
  readonly hash: Hash32
  readonly sig: Uint8Array
}

/** Verify the votes of one group together, after the distinct CommitQCs that they embed (rules 9 and 10). */
export interface VotesCheck {
  readonly type: 'votes'
  readonly votes: readonly VoteToCheck[]
  readonly embedded: readonly { readonly qc: CommitQC; readonly authors: readonly number[] }[]
}

/** Verify two signatures of one author, each alone (rule 16). */
export interface ConflictCheck {
  readonly type: 'conflict'
  readonly first: Signed
  readonly second: Signed
}

/** Work for the driver's verifier; it never runs inside `step`. */
export type Check = MessageCheck | VotesCheck | ConflictCheck

/** A set of votes whose aggregate signature was verified: it proves the set, not its members (rule 11). */
export interface PassingSet {
  /** Ascending validator indices. */
  readonly signers: readonly number[]
  readonly aggregate: Uint8Array
}

/** Answer to a {@link MessageCheck}. */
export interface MessageCheckResult {
  readonly type: 'message'
  readonly outcome: 'valid' | 'invalidSignature' | 'invalidJustification'
}

/** Answer to a {@link VotesCheck}: disjoint passing sets, and the authors whose vote or embedded QC failed alone. */
export interface VotesCheckResult {
  readonly type: 'votes'
  readonly passed: readonly PassingSet[]
  readonly failed: readonly number[]
  readonly failedQc: readonly number[]
}

/** Answer to a {@link ConflictCheck}. */
export interface ConflictCheckResult {
  readonly type: 'conflict'
  readonly valid: boolean
}

/** The check was not run, because `reviewCheck` said `drop`. */
export interface MootCheckResult {
  readonly type: 'moot'
}

/** What the verifier found. */
export type CheckResult =
  MessageCheckResult | VotesCheckResult | ConflictCheckResult | MootCheckResult
