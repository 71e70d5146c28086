import type { FeeEstimate } from '../../client/l1-types.js'
import type { L1Error, RefusalReason } from '../../l1-error.js'
import type { SignedTransaction } from '../../signers/l1-signer.js'
import type { AttemptRecord, AttemptResult } from '../job.js'
import { withResults } from './conclude.js'
import type { AttemptErrorKind, JobEffect, JobWrite } from './effect.js'
import { bumpedFees, freshFees } from './fees.js'
import type { JobInput, Moment } from './input.js'
import { retryDelayMs } from './retry-policy.js'
import {
  attemptsOf,
  isSameNonce,
  newProgress,
  type Draft,
  type JobState,
  type NonceOfWallet,
  type NonceProgress,
} from './state.js'
import { inspect, retryLater, takeNonce, waitUntil, type JobTurn } from './turn.js'

/** Sends the newest attempt of a nonce again, as it is: a node that has it already loses nothing by it. */
export function resend(job: JobState, nonce: number, effects: readonly JobEffect[] = []): JobTurn {
  const progress = progressAt(job, nonce)
  const attempts = attemptsOf(job.record, progress).filter((a) => a.transaction !== undefined)
  const pending = attempts.filter(({ result }) => result === undefined)
  const record = last(pending) ?? last(attempts)
  if (record === undefined) {
    // Entered by an operator: there are no bytes to send.
    return inspect(withProgress(job, { ...progress, resendAtMs: undefined }), effects)
  }
  return send(job, record, effects)
}

/** Offers more for a nonce whose time is up, or the same once more where the ceiling allows no more. */
export function onPriced(job: JobState, nonce: number, estimate: FeeEstimate, at: Moment): JobTurn {
  const progress = progressAt(job, nonce)
  const { wallet } = progress
  const { fees: rules } = job.config.policy
  const attempts = attemptsOf(job.record, progress)
  const pending = attempts.filter(({ result }) => result === undefined)
  const basis = progress.refused === 'UNDERPRICED' ? highestOffer(attempts) : last(pending)
  const fees =
    basis === undefined ? freshFees(rules, estimate) : bumpedFees(rules, basis.attempt, estimate)
  const again = sendsAgain(job, progress)
  if (fees === undefined) {
    if (basis?.transaction !== undefined) return send(again, basis)
    return waitUntil(
      withProgress(again, { ...progressAt(again, nonce), lastSentMs: at.nowMs }),
      at.nowMs + job.config.policy.retryOnNotIncluded.initialMs,
    )
  }
  const same = attempts.find(
    ({ attempt, transaction }) =>
      transaction !== undefined &&
      attempt.maxFeePerGas === fees.maxFeePerGas &&
      attempt.maxPriorityFeePerGas === fees.maxPriorityFeePerGas,
  )
  const kind = pending.length > 0 ? 'gas_bump' : 'replacement'
  if (same !== undefined) {
    const event = { type: 'attempt', kind, record: same } as const
    return send(again, same, [{ type: 'report', event }])
  }
  return sign(job, { wallet, nonce: progress.nonce, kind, ...fees })
}

/**
 * Takes the first nonce that neither L1 nor the store has. That L1 has more than the store is believed when it says so twice: a nonce
 * too high, from an answer that was wrong once, would wait for ever.
 */
export function onWalletLocked(
  job: JobState,
  { pendingCount, highestStored, estimate }: Extract<JobInput, { type: 'walletLocked' }>,
  { claimed, at }: { readonly claimed: bigint | undefined; readonly at: Moment },
): JobTurn {
  const { wallet, policy } = job.config
  const afterStored = highestStored === undefined ? 0n : highestStored + 1n
  if (pendingCount > afterStored && pendingCount !== claimed) {
    if (claimed === undefined) return takeNonce(job, [{ type: 'unlockWallet' }], pendingCount)
    const message = `L1 counts ${claimed} transactions of the wallet, and then ${pendingCount}`
    return retryLater(job, at, message, [{ type: 'unlockWallet' }])
  }
  const nonce = pendingCount > afterStored ? pendingCount : afterStored
  const fees = freshFees(policy.fees, estimate)
  return sign({ ...job, failures: 0 }, { wallet, nonce, kind: 'submission', ...fees })
}

/** Stores what was signed, then sends it. */
export function onSigned(
  job: JobState,
  draft: Draft,
  { transaction, at }: { readonly transaction: SignedTransaction; readonly at: Moment },
): JobTurn {
  const record: AttemptRecord = {
    attempt: {
      number: (last(job.record.attempts)?.attempt.number ?? -1) + 1,
      wallet: draft.wallet,
      nonce: draft.nonce,
      transactionHash: transaction.hash,
      submittedAtMs: at.utcMs,
      maxFeePerGas: draft.maxFeePerGas,
      maxPriorityFeePerGas: draft.maxPriorityFeePerGas,
    },
    transaction: transaction.bytes,
    result: undefined,
  }
  const known = job.nonces.some((progress) => isSameNonce(progress, draft))
  const stored: JobState = {
    ...job,
    record: { ...job.record, attempts: [...job.record.attempts, record] },
    nonces: known ? job.nonces : [...job.nonces, newProgress(draft, at)],
  }
  const progress = { ...progressOf(stored, draft), lastSentMs: at.nowMs, refused: undefined }
  return send(sendsAgain(stored, progress), record, [
    { type: 'persist', writes: [{ type: 'attempt', record }] },
    { type: 'unlockWallet' },
    { type: 'report', event: { type: 'attempt', kind: draft.kind, record } },
  ])
}

/** A node has the transaction. */
export function onSent(job: JobState, attemptNumber: number, at: Moment): JobTurn {
  const progress = progressOf(job, attemptOf(job, attemptNumber).attempt)
  return inspect(
    withProgress(
      { ...job, failures: 0 },
      {
        ...progress,
        lastSentMs: at.nowMs,
        jitter: at.random,
        refused: undefined,
        resendAtMs: undefined,
      },
    ),
  )
}

/** No node took the transaction: for now, or for a reason, which is stored. */
export function onSendingFailed(
  job: JobState,
  attemptNumber: number,
  { error, at }: { readonly error: L1Error; readonly at: Moment },
): JobTurn {
  const record = attemptOf(job, attemptNumber)
  const progress = progressOf(job, record.attempt)
  const { wallet } = record.attempt
  const { message } = error
  const kind = errorKind(error)
  const report: JobEffect = {
    type: 'report',
    event: { type: 'attemptError', kind, wallet, message },
  }
  if (error.code !== 'REFUSED') {
    const policy = job.config.policy.retryOnTransientFailure
    const resendAtMs = at.nowMs + retryDelayMs(policy, job.failures + 1, at.random)
    return retryLater(withProgress(job, { ...progress, resendAtMs }), at, message, [report])
  }
  const result: AttemptResult = { type: 'clientError', kind: 'unknown', message }
  const writes: JobWrite[] =
    record.result === undefined ? [{ type: 'attemptResult', attemptNumber, result }] : []
  const refused = withProgress(withResults({ ...job, failures: 0 }, writes), {
    ...progress,
    lastSentMs: at.nowMs,
    jitter: at.random,
    refused: error.reason,
    resendAtMs: undefined,
  })
  const persist: JobEffect[] = writes.length > 0 ? [{ type: 'persist', writes }] : []
  return inspect(refused, [...persist, report])
}

const errorKinds: Partial<Record<RefusalReason, AttemptErrorKind>> = {
  NONCE_TOO_LOW: 'nonce_too_low',
  UNDERPRICED: 'underpriced',
}

function errorKind(error: L1Error): AttemptErrorKind {
  return (error.code === 'REFUSED' ? errorKinds[error.reason] : undefined) ?? 'rpc'
}

function sign(job: JobState, draft: Draft): JobTurn {
  const { to, calldata, value, gasLimit } = job.record.job
  const { wallet, nonce, maxFeePerGas, maxPriorityFeePerGas } = draft
  const transaction = { nonce, to, calldata, value, gasLimit, maxFeePerGas, maxPriorityFeePerGas }
  return {
    job: { ...job, phase: { type: 'signing', draft } },
    effects: [{ type: 'sign', wallet, transaction }],
  }
}

function send(
  job: JobState,
  { attempt, transaction }: AttemptRecord,
  effects: readonly JobEffect[] = [],
): JobTurn {
  if (transaction === undefined) throw new TypeError('transaction: there is nothing to send')
  return {
    job: { ...job, phase: { type: 'sending', attemptNumber: attempt.number } },
    effects: [...effects, { type: 'send', transaction }],
  }
}

function sendsAgain(job: JobState, progress: NonceProgress): JobState {
  return withProgress(job, { ...progress, sends: progress.sends + 1 })
}

function withProgress(job: JobState, changed: NonceProgress): JobState {
  return { ...job, nonces: job.nonces.map((n) => (isSameNonce(n, changed) ? changed : n)) }
}

function progressAt(job: JobState, index: number): NonceProgress {
  const progress = job.nonces[index]
  if (progress === undefined) throw new TypeError(`nonce: there is no ${index}`)
  return progress
}

function progressOf(job: JobState, nonce: NonceOfWallet): NonceProgress {
  return progressAt(
    job,
    job.nonces.findIndex((n) => isSameNonce(n, nonce)),
  )
}

function attemptOf(job: JobState, number: number): AttemptRecord {
  const record = job.record.attempts.find(({ attempt }) => attempt.number === number)
  if (record === undefined) throw new TypeError(`attemptNumber: there is no ${number}`)
  return record
}

function highestOffer(attempts: readonly AttemptRecord[]): AttemptRecord | undefined {
  return [...attempts]
    .sort((a, b) => (a.attempt.maxFeePerGas < b.attempt.maxFeePerGas ? -1 : 1))
    .at(-1)
}

function last<T>(items: readonly T[]): T | undefined {
  return items[items.length - 1]
}
