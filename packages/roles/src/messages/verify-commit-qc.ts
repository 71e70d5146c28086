import {
  err,
  ok,
  type AggregateCheck,
  type HashedBytes,
  type Result,
  type SignatureScheme,
} from '@zkstack/crypto'
import type { CommitQC } from './commit-qc.js'
import type { EpochScope } from './epoch-scope.js'
import { commitQcClaims } from './qc-claims.js'
import type { VerifyOptions } from './qc-key.js'
import { qcKey } from './qc-key.js'
import type { ReplicaCommitVerifyError } from './replica-commit.js'
import { sameReplicaCommit, validateReplicaCommit } from './replica-commit.js'
import type { Signed } from './signed.js'
import { verifySigned } from './signed.js'

/** The verdict on an {@link AggregateCheck}, in time. Nothing that was given may change before it resolves. */
export type AggregateVerifier = (scheme: SignatureScheme, check: AggregateCheck) => Promise<boolean>

/** Why a CommitQC is invalid. */
export type CommitQCVerifyError =
  | { readonly code: 'INVALID_MESSAGE'; readonly cause: ReplicaCommitVerifyError }
  | { readonly code: 'BAD_SIGNERS_SET'; readonly got: number; readonly want: number }
  | { readonly code: 'NOT_ENOUGH_WEIGHT'; readonly got: bigint; readonly want: bigint }
  | { readonly code: 'BAD_SIGNATURE' }

/** Why a vote cannot be added to a CommitQC. */
export type CommitQCAddError =
  | { readonly code: 'SIGNER_NOT_IN_COMMITTEE'; readonly signer: Uint8Array }
  | { readonly code: 'DUPLICATE_SIGNER'; readonly signer: Uint8Array }
  | { readonly code: 'BAD_SIGNATURE' }
  | { readonly code: 'INCONSISTENT_MESSAGES' }
  | { readonly code: 'INVALID_MESSAGE'; readonly cause: ReplicaCommitVerifyError }

/** Checks a CommitQC without its signature, of which only the encoding is looked at. */
export function validateCommitQC(
  qc: CommitQC,
  scope: EpochScope,
): Result<void, CommitQCVerifyError> {
  const message = validateReplicaCommit(qc.message, scope)
  if (!message.ok) return err({ code: 'INVALID_MESSAGE', cause: message.error })
  const { schedule } = scope
  if (qc.signers.length !== schedule.length) {
    return err({ code: 'BAD_SIGNERS_SET', got: qc.signers.length, want: schedule.length })
  }
  const weight = qc.signers.weight(schedule)
  if (weight < schedule.quorum) {
    return err({ code: 'NOT_ENOUGH_WEIGHT', got: weight, want: schedule.quorum })
  }
  const canonical = schedule.scheme.isCanonicalAggregate(qc.signature, qc.signers.count)
  return canonical ? ok(undefined) : err({ code: 'BAD_SIGNATURE' })
}

/**
 * Verifies a CommitQC: that a quorum of the scope's schedule signed its message.
 * @see docs/spec/messages.md V3
 */
export function verifyCommitQC(
  qc: CommitQC,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, CommitQCVerifyError> {
  const valid = validateCommitQC(qc, scope)
  if (!valid.ok) return valid
  const key = options?.verified === undefined ? undefined : qcKey(qc, scope)
  if (key !== undefined && options?.verified?.has(key)) return ok(undefined)
  const claims = commitQcClaims(qc, scope.schedule)
  if (!scope.schedule.scheme.verifyAggregate(claims, qc.signature)) {
    return err({ code: 'BAD_SIGNATURE' })
  }
  if (key !== undefined) options?.verified?.add(key)
  return ok(undefined)
}

/**
 * {@link verifyCommitQC} with the signatures checked elsewhere, for instance in other threads, and with them that `hashed` has its hash: if
 * not, the code is `BAD_SIGNATURE` too.
 * @see docs/spec/messages.md V3
 */
export async function verifyCommitQCAsync(
  qc: CommitQC,
  scope: EpochScope,
  verifyAggregate: AggregateVerifier,
  hashed?: HashedBytes,
): Promise<Result<void, CommitQCVerifyError>> {
  const valid = validateCommitQC(qc, scope)
  if (!valid.ok) return valid
  const { schedule } = scope
  const claims = commitQcClaims(qc, schedule)
  const check = { claims, aggregate: qc.signature, hashed }
  const verified = await verifyAggregate(schedule.scheme, check)
  return verified ? ok(undefined) : err({ code: 'BAD_SIGNATURE' })
}

/**
 * The CommitQC with one more vote, whose signature is verified alone.
 * @see docs/spec/messages.md V9
 */
export function addToCommitQC(
  qc: CommitQC,
  signed: Signed,
  scope: EpochScope,
): Result<CommitQC, CommitQCAddError> {
  const { schedule } = scope
  const index = schedule.indexOf(signed.key)
  if (index === undefined) return err({ code: 'SIGNER_NOT_IN_COMMITTEE', signer: signed.key })
  if (qc.signers.has(index)) return err({ code: 'DUPLICATE_SIGNER', signer: signed.key })
  if (!verifySigned(signed, schedule)) return err({ code: 'BAD_SIGNATURE' })
  const { msg } = signed
  if (msg.type !== 'replicaCommit' || !sameReplicaCommit(msg.value, qc.message)) {
    return err({ code: 'INCONSISTENT_MESSAGES' })
  }
  const valid = validateReplicaCommit(msg.value, scope)
  if (!valid.ok) return err({ code: 'INVALID_MESSAGE', cause: valid.error })
  const rank = qc.signers.rank(index)
  const signature = schedule.scheme.extendAggregate(qc.signature, rank, signed.sig)
  if (signature === undefined) return err({ code: 'BAD_SIGNATURE' })
  return ok({ message: qc.message, signers: qc.signers.with(index), signature })
}
