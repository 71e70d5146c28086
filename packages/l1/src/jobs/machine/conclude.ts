import { bytesEqual } from '@zkstack/crypto'
import type { AttemptRecord, AttemptResult, ContractCall, JobResult } from '../job.js'
import type { JobEffect, JobWrite } from './effect.js'
import type { NonceFact } from './facts.js'
import { attemptsOf, isSameNonce, type JobState } from './state.js'
import type { JobTurn } from './turn.js'
import { upgradeResult } from './upgrade-result.js'

/** What deciding a job's result needs: the call that decides it, and what L1 says of every nonce. */
interface Verdict {
  readonly call: ContractCall
  readonly facts: readonly NonceFact[]
}

/** Ends the job with what a call did: results of all attempts and of the job in one write. */
export function conclude(job: JobState, verdict: Verdict): JobTurn {
  const decisive = attemptWith(job, verdict.call)
  const { attempt } = decisive
  const result: JobResult = {
    wallet: attempt.wallet,
    nonce: attempt.nonce,
    attemptNumber: attempt.number,
    call: verdict.call,
  }
  const found = job.record.attempts.map(
    (record) => [record, resultOf(job, record, verdict)] as const,
  )
  const { writes, reports } = attemptWrites(found)
  return {
    job: { ...job, record: { ...job.record, result }, phase: { type: 'finished' } },
    effects: [
      { type: 'persist', writes: [...writes, { type: 'jobResult', result }] },
      ...reports,
      { type: 'finish', result },
    ],
  }
}

/** Notes, before another nonce is taken, that these are lost for good. */
export function noteTaken(
  job: JobState,
  facts: readonly NonceFact[],
): { readonly job: JobState; readonly effects: readonly JobEffect[] } {
  const found = job.nonces.flatMap((nonce, i) =>
    facts[i]?.by === 'other'
      ? attemptsOf(job.record, nonce).map((record) => [record, nonceAlreadyUsed] as const)
      : [],
  )
  const { writes, reports } = attemptWrites(found)
  if (writes.length === 0) return { job, effects: reports }
  return { job: withResults(job, writes), effects: [{ type: 'persist', writes }, ...reports] }
}

/** The state after results of attempts were written. */
export function withResults(job: JobState, writes: readonly JobWrite[]): JobState {
  const attempts = job.record.attempts.map((record) => {
    const write = writes.find(
      (w) => w.type === 'attemptResult' && w.attemptNumber === record.attempt.number,
    )
    return write?.type === 'attemptResult' ? { ...record, result: write.result } : record
  })
  return { ...job, record: { ...job.record, attempts } }
}

const nonceAlreadyUsed: AttemptResult = {
  type: 'clientError',
  kind: 'nonceAlreadyUsed',
  message: 'another transaction has the nonce',
}

const succeededElsewhere: AttemptResult = {
  type: 'clientError',
  kind: 'settlementSucceededElsewhere',
  message: 'the job succeeded with another nonce',
}

function resultOf(job: JobState, record: AttemptRecord, verdict: Verdict): AttemptResult {
  const { transactionHash } = record.attempt
  if (bytesEqual(transactionHash, verdict.call.transactionHash)) {
    return { type: 'contractCall', call: verdict.call }
  }
  const fact = verdict.facts[job.nonces.findIndex((nonce) => isSameNonce(nonce, record.attempt))]
  if (fact?.by === 'ours') {
    return bytesEqual(fact.call.transactionHash, transactionHash)
      ? { type: 'contractCall', call: fact.call }
      : nonceAlreadyUsed
  }
  return fact?.by === 'other' ? nonceAlreadyUsed : succeededElsewhere
}

/** The writes that upgrade stored results, and what is to be said of those that may not be. */
function attemptWrites(found: readonly (readonly [AttemptRecord, AttemptResult])[]): {
  readonly writes: readonly JobWrite[]
  readonly reports: readonly JobEffect[]
} {
  const writes: JobWrite[] = []
  const reports: JobEffect[] = []
  for (const [{ attempt, result: stored }, result] of found) {
    const attemptNumber = attempt.number
    const verdict = upgradeResult(stored, result)
    if (verdict === 'write') writes.push({ type: 'attemptResult', attemptNumber, result })
    if (verdict === 'conflict' && stored !== undefined) {
      const event = { type: 'conflict', attemptNumber, stored, found: result } as const
      reports.push({ type: 'report', event })
    }
  }
  return { writes, reports }
}

function attemptWith(job: JobState, call: ContractCall): AttemptRecord {
  const record = job.record.attempts.find(({ attempt }) =>
    bytesEqual(attempt.transactionHash, call.transactionHash),
  )
  if (record === undefined) throw new TypeError('call: not of this job')
  return record
}
