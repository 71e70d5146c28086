import { err, ok, type Result } from '@zkstack/crypto'
import type { CommitQC } from './commit-qc.js'
import { sameCommitQC } from './commit-qc.js'
import type { EpochScope } from './epoch-scope.js'
import { timeoutQcClaims } from './qc-claims.js'
import type { VerifyOptions } from './qc-key.js'
import { qcKey } from './qc-key.js'
import { sameReplicaTimeout } from './replica-timeout.js'
import type { Signed } from './signed.js'
import { verifySigned } from './signed.js'
import { Signers } from './signers.js'
import type { TimeoutQC } from './timeout-qc.js'
import { sortTimeoutQcEntries } from './timeout-qc.js'
import { validateCommitQC, verifyCommitQC } from './verify-commit-qc.js'
import type { JudgeCommitQC, ReplicaTimeoutVerifyError } from './verify-replica-timeout.js'
import { checkReplicaTimeout, verifyReplicaTimeout } from './verify-replica-timeout.js'
import type { ViewVerifyError } from './view.js'
import { sameView, verifyView } from './view.js'

/** Why a TimeoutQC is invalid; `index` is the entry's. */
export type TimeoutQCVerifyError =
  | { readonly code: 'BAD_VIEW'; readonly cause: ViewVerifyError }
  | { readonly code: 'INCONSISTENT_VIEW'; readonly index: number }
  | { readonly code: 'WRONG_SIGNERS_LENGTH'; readonly index: number }
  | { readonly code: 'NO_SIGNERS_ASSIGNED'; readonly index: number }
  | { readonly code: 'OVERLAPPING_SIGNATURE_SET'; readonly index: number }
  | {
      readonly code: 'INVALID_MESSAGE'
      readonly index: number
      readonly cause: ReplicaTimeoutVerifyError
    }
  | { readonly code: 'NOT_ENOUGH_WEIGHT'; readonly got: bigint; readonly want: bigint }
  | { readonly code: 'BAD_SIGNATURE' }

/** Why a vote cannot be added to a TimeoutQC. */
export type TimeoutQCAddError =
  | { readonly code: 'SIGNER_NOT_IN_COMMITTEE'; readonly signer: Uint8Array }
  | { readonly code: 'DUPLICATE_SIGNER'; readonly signer: Uint8Array }
  | { readonly code: 'BAD_SIGNATURE' }
  | { readonly code: 'INCONSISTENT_VIEWS' }
  | { readonly code: 'INVALID_MESSAGE'; readonly cause: ReplicaTimeoutVerifyError }

function checkTimeoutQC(
  qc: TimeoutQC,
  scope: EpochScope,
  judge: JudgeCommitQC,
): Result<void, TimeoutQCVerifyError> {
  const view = verifyView(qc.view, scope)
  if (!view.ok) return err({ code: 'BAD_VIEW', cause: view.error })
  const { schedule } = scope
  let union = Signers.empty(schedule.length)
  for (const [index, { message, signers }] of qc.entries.entries()) {
    if (!sameView(message.view, qc.view)) return err({ code: 'INCONSISTENT_VIEW', index })
    if (signers.length !== schedule.length) return err({ code: 'WRONG_SIGNERS_LENGTH', index })
    if (signers.isEmpty) return err({ code: 'NO_SIGNERS_ASSIGNED', index })
    if (signers.intersects(union)) return err({ code: 'OVERLAPPING_SIGNATURE_SET', index })
    union = union.union(signers)
    const valid = checkReplicaTimeout(message, scope, judge)
    if (!valid.ok) return err({ code: 'INVALID_MESSAGE', index, cause: valid.error })
  }
  const weight = union.weight(schedule)
  if (weight < schedule.quorum) {
    return err({ code: 'NOT_ENOUGH_WEIGHT', got: weight, want: schedule.quorum })
  }
  const canonical = schedule.scheme.isCanonicalAggregate(qc.signature, union.count)
  return canonical ? ok(undefined) : err({ code: 'BAD_SIGNATURE' })
}

/** Judges each distinct CommitQC once, however many entries embed it. */
function once(judge: JudgeCommitQC): JudgeCommitQC {
  const known: CommitQC[] = []
  return (qc) => {
    if (known.some((other) => sameCommitQC(other, qc))) return ok(undefined)
    const result = judge(qc)
    if (result.ok) known.push(qc)
    return result
  }
}

/** Checks a TimeoutQC without any signature, of which only the encodings are looked at. */
export function validateTimeoutQC(
  qc: TimeoutQC,
  scope: EpochScope,
): Result<void, TimeoutQCVerifyError> {
  return checkTimeoutQC(qc, scope, (embedded) => validateCommitQC(embedded, scope))
}

/**
 * Verifies a TimeoutQC: that a quorum of the scope's schedule signed its messages, and every CommitQC embedded in them. What
 * needs no signature is checked first, so that a QC that fails there costs nothing.
 * @see docs/spec/messages.md V5
 */
export function verifyTimeoutQC(
  qc: TimeoutQC,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<void, TimeoutQCVerifyError> {
  const valid = validateTimeoutQC(qc, scope)
  if (!valid.ok) return valid
  const key = options?.verified === undefined ? undefined : qcKey(qc, scope)
  if (key !== undefined && options?.verified?.has(key)) return ok(undefined)
  const full = checkTimeoutQC(
    qc,
    scope,
    once((embedded) => verifyCommitQC(embedded, scope, options)),
  )
  if (!full.ok) return full
  const claims = timeoutQcClaims(qc, scope.schedule)
  if (!scope.schedule.scheme.verifyAggregate(claims, qc.signature)) {
    return err({ code: 'BAD_SIGNATURE' })
  }
  if (key !== undefined) options?.verified?.add(key)
  return ok(undefined)
}

/**
 * The TimeoutQC with one more vote, whose signature and embedded QC are verified alone.
 * @see docs/spec/messages.md V9
 */
export function addToTimeoutQC(
  qc: TimeoutQC,
  signed: Signed,
  scope: EpochScope,
  options?: VerifyOptions,
): Result<TimeoutQC, TimeoutQCAddError> {
  const { schedule } = scope
  const index = schedule.indexOf(signed.key)
  if (index === undefined) return err({ code: 'SIGNER_NOT_IN_COMMITTEE', signer: signed.key })
  if (qc.entries.some((entry) => entry.signers.has(index))) {
    return err({ code: 'DUPLICATE_SIGNER', signer: signed.key })
  }
  if (!verifySigned(signed, schedule)) return err({ code: 'BAD_SIGNATURE' })
  const { msg } = signed
  if (msg.type !== 'replicaTimeout' || !sameView(msg.value.view, qc.view)) {
    return err({ code: 'INCONSISTENT_VIEWS' })
  }
  const message = msg.value
  const valid = verifyReplicaTimeout(message, scope, options)
  if (!valid.ok) return err({ code: 'INVALID_MESSAGE', cause: valid.error })
  const rank = qc.entries.reduce((sum, entry) => sum + entry.signers.rank(index), 0)
  const signature = schedule.scheme.extendAggregate(qc.signature, rank, signed.sig)
  if (signature === undefined) return err({ code: 'BAD_SIGNATURE' })
  const known = qc.entries.find((entry) => sameReplicaTimeout(entry.message, message))
  const signers = (known?.signers ?? Signers.empty(schedule.length)).with(index)
  const others = qc.entries.filter((entry) => entry !== known)
  return ok({
    view: qc.view,
    entries: sortTimeoutQcEntries([...others, { message, signers }]),
    signature,
  })
}
