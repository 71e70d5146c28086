import { err, ok, type Result } from '@zkstack/crypto'
import type { LeaderProposal, ReplicaNewView } from './consensus-msg.js'
import type { EpochScope } from './epoch-scope.js'
import type { ProposalJustification } from './justification.js'
import { justifiesNoView } from './justification.js'
import type { VerifyOptions } from './qc-key.js'
import type { CommitQCVerifyError } from './verify-commit-qc.js'
import { validateCommitQC, verifyCommitQC } from './verify-commit-qc.js'
import type { TimeoutQCVerifyError } from './verify-timeout-qc.js'
import { validateTimeoutQC, verifyTimeoutQC } from './verify-timeout-qc.js'

/** Why a justification is invalid. */
export type JustificationVerifyError =
  /** The QC is of view 2^64−1, after which there is none. */
  | { readonly code: 'VIEW_OVERFLOW' }
  | { readonly code: 'COMMIT'; readonly cause: CommitQCVerifyError }
  | { readonly code: 'TIMEOUT'; readonly cause: TimeoutQCVerifyError }

/** Why a proposal or NewView is invalid. */
export interface JustifiedMessageVerifyError {
  readonly code: 'JUSTIFICATION'
  readonly cause: JustificationVerifyError
}

/** Why a proposal is invalid. */
export type LeaderProposalVerifyError = JustifiedMessageVerifyError

/** Why a NewView is invalid. */
export type ReplicaNewViewVerifyError = JustifiedMessageVerifyError

/** Checks a justification without any signature. */
export function validateJustification(
  justification: ProposalJustification,
  scope: EpochScope,
): Result<void, JustificationVerifyError> {
  if (justifiesNoView(justification)) return err({ code: 'VIEW_OVERFLOW' })
  if (justification.type === 'commit') {
    const commit = validateCommitQC(justification.qc, scope)
    return commit.ok ? commit : err({ code: 'COMMIT', cause: commit.error })
  }
  const timeout = validateTimeoutQC(justification.qc, scope)
  return timeout.ok ? timeout : err({ code: 'TIMEOUT', cause: timeout.error })
}

/**
 * Verifies the QC of a justification.
 * @see docs/spec/messages.md V6
 */
export function verifyJustification(
  justification: ProposalJustification,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, JustificationVerifyError> {
  if (justifiesNoView(justification)) return err({ code: 'VIEW_OVERFLOW' })
  if (justification.type === 'commit') {
    const commit = verifyCommitQC(justification.qc, scope, options)
    return commit.ok ? commit : err({ code: 'COMMIT', cause: commit.error })
  }
  const timeout = verifyTimeoutQC(justification.qc, scope, options)
  return timeout.ok ? timeout : err({ code: 'TIMEOUT', cause: timeout.error })
}

/** Checks a proposal without any signature; its payload is the execution layer's business. */
export function validateLeaderProposal(
  message: LeaderProposal,
  scope: EpochScope,
): Result<void, LeaderProposalVerifyError> {
  return asMessage(validateJustification(message.justification, scope))
}

/** Verifies the justification of a proposal; the author's signature is another matter. */
export function verifyLeaderProposal(
  message: LeaderProposal,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, LeaderProposalVerifyError> {
  return asMessage(verifyJustification(message.justification, scope, options))
}

/** Checks a NewView without any signature. */
export function validateReplicaNewView(
  message: ReplicaNewView,
  scope: EpochScope,
): Result<void, ReplicaNewViewVerifyError> {
  return asMessage(validateJustification(message.justification, scope))
}

/** Verifies the justification of a NewView; the author's signature is another matter. */
export function verifyReplicaNewView(
  message: ReplicaNewView,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, ReplicaNewViewVerifyError> {
  return asMessage(verifyJustification(message.justification, scope, options))
}

function asMessage(
  result: Result<void, JustificationVerifyError>,
): Result<void, JustifiedMessageVerifyError> {
  return result.ok ? ok(undefined) : err({ code: 'JUSTIFICATION', cause: result.error })
}
