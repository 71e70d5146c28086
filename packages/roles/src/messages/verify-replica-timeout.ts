import { err, ok, type Result } from '@zkstack/crypto'
import type { CommitQC } from './commit-qc.js'
import type { EpochScope } from './epoch-scope.js'
import type { VerifyOptions } from './qc-key.js'
import type { ReplicaCommitVerifyError } from './replica-commit.js'
import { validateReplicaCommit } from './replica-commit.js'
import type { ReplicaTimeout } from './replica-timeout.js'
import type { CommitQCVerifyError } from './verify-commit-qc.js'
import { validateCommitQC, verifyCommitQC } from './verify-commit-qc.js'
import type { ViewVerifyError } from './view.js'
import { verifyView } from './view.js'

/** Why a timeout vote is invalid. */
export type ReplicaTimeoutVerifyError =
  | { readonly code: 'BAD_VIEW'; readonly cause: ViewVerifyError }
  | { readonly code: 'INVALID_HIGH_VOTE'; readonly cause: ReplicaCommitVerifyError }
  | { readonly code: 'INVALID_HIGH_QC'; readonly cause: CommitQCVerifyError }

/** How an embedded CommitQC is judged: with or without its signature. */
export type JudgeCommitQC = (qc: CommitQC) => Result<void, CommitQCVerifyError>

/** Checks a timeout vote, its embedded QC as `judge` does. */
export function checkReplicaTimeout(
  message: ReplicaTimeout,
  scope: EpochScope,
  judge: JudgeCommitQC,
): Result<void, ReplicaTimeoutVerifyError> {
  const view = verifyView(message.view, scope)
  if (!view.ok) return err({ code: 'BAD_VIEW', cause: view.error })
  if (message.highVote !== undefined) {
    const vote = validateReplicaCommit(message.highVote, scope)
    if (!vote.ok) return err({ code: 'INVALID_HIGH_VOTE', cause: vote.error })
  }
  if (message.highQc !== undefined) {
    const qc = judge(message.highQc)
    if (!qc.ok) return err({ code: 'INVALID_HIGH_QC', cause: qc.error })
  }
  return ok(undefined)
}

/** Checks a timeout vote without the signature of its embedded QC. */
export function validateReplicaTimeout(
  message: ReplicaTimeout,
  scope: EpochScope,
): Result<void, ReplicaTimeoutVerifyError> {
  return checkReplicaTimeout(message, scope, (qc) => validateCommitQC(qc, scope))
}

/**
 * Checks a timeout vote and verifies its embedded QC; the author's signature is another matter.
 * @see docs/spec/messages.md V4
 */
export function verifyReplicaTimeout(
  message: ReplicaTimeout,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, ReplicaTimeoutVerifyError> {
  return checkReplicaTimeout(message, scope, (qc) => verifyCommitQC(qc, scope, options))
}
