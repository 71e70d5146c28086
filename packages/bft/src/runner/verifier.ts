import type { AggregateCheck } from '@zkstack/crypto'
import {
  commitQcClaims,
  hashMsg,
  qcKey,
  timeoutQcClaims,
  validateCommitQC,
  validateTimeoutQC,
} from '@zkstack/roles'
import type {
  CommitQC,
  EpochScope,
  ProposalJustification,
  Signed,
  VerifiedQcs,
} from '@zkstack/roles'
import type {
  Check,
  CheckResult,
  ConflictCheck,
  ConflictCheckResult,
  MessageCheck,
  MessageCheckResult,
  VotesCheck,
  VotesCheckResult,
} from '../chonky/check.js'
import { bisect } from './bisect.js'

/** What a check is judged by. */
export interface VerifierContext {
  readonly scope: EpochScope
  /** QCs that this process verified; consulted and filled (rule 17). */
  readonly verified: VerifiedQcs
}

/**
 * Runs a check. It yields every signature check and resumes with the verdict, so that the caller can have it done wherever it likes,
 * let others run, or give up. Every verdict is our own: nothing is taken from the message but bytes, and QCs are verified one by
 * one (rule 19).
 */
export function* runCheck(
  check: Check,
  context: VerifierContext,
): Generator<AggregateCheck, CheckResult, boolean> {
  switch (check.type) {
    case 'message':
      return yield* checkMessage(check, context)
    case 'votes':
      return yield* checkVotes(check, context)
    case 'conflict':
      return yield* checkConflict(check, context)
  }
}

function* checkMessage(
  check: MessageCheck,
  context: VerifierContext,
): Generator<AggregateCheck, MessageCheckResult, boolean> {
  if (check.checkSignature) {
    const valid = yield* checkSigned(check.message, context)
    if (!valid) return { type: 'message', outcome: 'invalidSignature' }
  }
  if (check.justification !== undefined) {
    const valid = yield* checkJustification(check.justification, context)
    if (!valid) return { type: 'message', outcome: 'invalidJustification' }
  }
  return { type: 'message', outcome: 'valid' }
}

/** Whether the author's signature is right; false for a key outside the schedule. */
function* checkSigned(
  { key, msg, sig }: Signed,
  { scope }: VerifierContext,
): Generator<AggregateCheck, boolean, boolean> {
  const index = scope.schedule.indexOf(key) ?? -1
  const handle = scope.schedule.at(index)?.handle
  if (handle === undefined) return false
  return yield { claims: [{ index, key: handle, message: hashMsg(msg) }], aggregate: sig }
}

/**
 * The aggregate of a TimeoutQC comes before the QCs embedded in it, unlike with votes: whoever makes up a TimeoutQC out of
 * many good QCs and no votes costs us one check, not one for each.
 */
function* checkJustification(
  justification: ProposalJustification,
  context: VerifierContext,
): Generator<AggregateCheck, boolean, boolean> {
  if (justification.type === 'commit') return yield* checkCommitQc(justification.qc, context)
  const { qc } = justification
  const { scope, verified } = context
  const key = qcKey(qc, scope)
  if (!validateTimeoutQC(qc, scope).ok) return false
  if (verified.has(key)) return true
  const claims = timeoutQcClaims(qc, scope.schedule)
  const voted = yield { claims, aggregate: qc.signature }
  if (!voted) return false
  for (const { message } of qc.entries) {
    if (message.highQc === undefined) continue
    if (!(yield* checkCommitQc(message.highQc, context))) return false
  }
  verified.add(key)
  return true
}

/** Looks into the cache first, so that a QC seen before costs a hash and no turn of the event loop. */
function* checkCommitQc(
  qc: CommitQC,
  context: VerifierContext,
): Generator<AggregateCheck, boolean, boolean> {
  const { scope, verified } = context
  const key = qcKey(qc, scope)
  if (verified.has(key)) return true
  if (!validateCommitQC(qc, scope).ok) return false
  const valid = yield { claims: commitQcClaims(qc, scope.schedule), aggregate: qc.signature }
  if (valid) verified.add(key)
  return valid
}

/** Embedded QCs first (rule 9), then the votes whose QC is good. */
function* checkVotes(
  check: VotesCheck,
  context: VerifierContext,
): Generator<AggregateCheck, VotesCheckResult, boolean> {
  const badQc = new Set<number>()
  for (const { qc, authors } of check.embedded) {
    if (yield* checkCommitQc(qc, context)) continue
    for (const author of authors) badQc.add(author)
  }
  const rest = check.votes.filter((vote) => !badQc.has(vote.author))
  const { passed, failed } = yield* bisect(rest, context.scope.schedule)
  return { type: 'votes', passed, failed, failedQc: [...badQc].sort((a, b) => a - b) }
}

function* checkConflict(
  check: ConflictCheck,
  context: VerifierContext,
): Generator<AggregateCheck, ConflictCheckResult, boolean> {
  for (const message of [check.first, check.second]) {
    const valid = yield* checkSigned(message, context)
    if (!valid) return { type: 'conflict', valid: false }
  }
  return { type: 'conflict', valid: true }
}
