import { isFinal } from '../../finality-policy.js'
import type { ContractCall } from '../job.js'
import { conclude, noteTaken } from './conclude.js'
import { resend } from './drive-nonce.js'
import type { JobEffect } from './effect.js'
import type { L1Facts, NonceFact } from './facts.js'
import type { Moment } from './input.js'
import { attemptsOf, deadlineMs, hasKey, type JobState, type NonceProgress } from './state.js'
import { retryLater, takeNonce, waitUntil, type JobTurn } from './turn.js'

/**
 * How often in a row a nonce must be found used by a transaction that nobody names, its use final, before it counts as taken:
 * a node may lack a receipt for a while.
 */
const STRANGER_SIGHTINGS = 5

/** Decides what to do about what L1 says. Every look starts afresh, so that a reorg needs no case of its own. */
export function onInspected(before: JobState, facts: L1Facts, at: Moment): JobTurn {
  if (facts.nonces.length !== before.nonces.length)
    throw new TypeError('facts: expected one for each nonce')
  const { job, effects } = noteSightings(before, facts.nonces, at)
  const success = calls(facts, 'success')[0]
  if (success !== undefined) {
    if (isSettled(job, facts, success))
      return conclude({ ...job, failures: 0 }, factsWith(facts, success.call))
    return awaitFinality({ ...job, failures: 0 }, at, effects)
  }
  if (facts.nonces.some(({ by }) => by === 'unclear')) {
    return retryLater(job, at, 'the answers of L1 do not fit together', effects)
  }
  return drive({ ...job, failures: 0 }, facts, { at, effects })
}

type OurFact = Extract<NonceFact, { by: 'ours' }>

function drive(
  job: JobState,
  facts: L1Facts,
  { at, effects }: { readonly at: Moment; readonly effects: readonly JobEffect[] },
): JobTurn {
  const unused = job.nonces.flatMap((nonce, index) => {
    const fact = facts.nonces[index]
    return fact?.by === 'nobody' ? [{ nonce, index, isNext: fact.isNext }] : []
  })
  let nextMs = at.nowMs + job.config.policy.retryOnNotIncluded.initialMs
  let isDriven = false
  for (const { nonce, index, isNext } of unused) {
    const todo = duty(job, nonce, isNext)
    if (todo === undefined) {
      isDriven = true
      continue
    }
    if (todo.type === 'giveUp' && todo.atMs <= at.nowMs) continue
    isDriven = true
    nextMs = Math.min(nextMs, todo.atMs)
    if (todo.atMs > at.nowMs) continue
    if (todo.type === 'resend') return resend(job, index, effects)
    return price(job, index, effects)
  }
  if (isDriven) return waitUntil(job, nextMs, effects)
  if (!facts.nonces.every((fact, i) => fact.by === 'nobody' || isGone(job, facts, i))) {
    return awaitFinality(job, at, effects)
  }
  const reverted = calls(facts, 'reverted').sort(byBlock)[0]
  if (unused.length === 0 && reverted !== undefined) {
    return conclude(job, factsWith(facts, reverted.call))
  }
  const noted = noteTaken(job, facts.nonces)
  return takeNonce(noted.job, [...effects, ...noted.effects])
}

/** What a nonce that is not on L1 needs, and when; `undefined`: only that the nonces below it get there. */
function duty(
  job: JobState,
  nonce: NonceProgress,
  isNext: boolean,
): { readonly type: 'resend' | 'replace' | 'giveUp'; readonly atMs: number } | undefined {
  if (nonce.resendAtMs !== undefined) return { type: 'resend', atMs: nonce.resendAtMs }
  const atMs = deadlineMs(job.config.policy, nonce)
  if (!hasKey(job.config, nonce.wallet)) return { type: 'giveUp', atMs }
  const isPending = attemptsOf(job.record, nonce).some(({ result }) => result === undefined)
  return isPending && !isNext ? undefined : { type: 'replace', atMs }
}

function price(job: JobState, nonce: number, effects: readonly JobEffect[]): JobTurn {
  return {
    job: { ...job, phase: { type: 'pricing', nonce } },
    effects: [...effects, { type: 'price' }],
  }
}

/** Whether what L1 says of a nonce will stay so. */
function isGone(job: JobState, facts: L1Facts, index: number): boolean {
  const fact = facts.nonces[index]
  if (fact?.by === 'ours') return isSettled(job, facts, fact)
  if (fact?.by !== 'other' || !fact.final) return false
  return fact.known || (job.nonces[index]?.strangerSightings ?? 0) >= STRANGER_SIGHTINGS
}

function isSettled(job: JobState, { head }: L1Facts, { call, canonical }: OurFact): boolean {
  const number = head === undefined ? undefined : { number: head }
  return canonical && isFinal(job.config.policy.finality, call.blockNumber, number)
}

function awaitFinality(job: JobState, at: Moment, effects: readonly JobEffect[]): JobTurn {
  return waitUntil(job, at.nowMs + job.config.policy.retryOnNotIncluded.initialMs, effects)
}

function calls(facts: L1Facts, outcome: ContractCall['outcome']): OurFact[] {
  return facts.nonces.filter(
    (fact): fact is OurFact => fact.by === 'ours' && fact.call.outcome === outcome,
  )
}

function byBlock(a: OurFact, b: OurFact): number {
  return a.call.blockNumber < b.call.blockNumber ? -1 : 1
}

function factsWith({ nonces }: L1Facts, call: ContractCall) {
  return { call, facts: nonces }
}

/** Remembers which nonces L1 has seen: a transaction that is gone again is sent again as it is. */
function noteSightings(
  job: JobState,
  facts: readonly NonceFact[],
  at: Moment,
): { readonly job: JobState; readonly effects: readonly JobEffect[] } {
  const effects: JobEffect[] = []
  const nonces = job.nonces.map((nonce, i): NonceProgress => {
    const fact = facts[i]
    const { wallet, nonce: number } = nonce
    if (fact === undefined || fact.by === 'unclear') return nonce
    if (fact.by === 'nobody') {
      if (!nonce.seen) return { ...nonce, strangerSightings: 0 }
      effects.push({ type: 'report', event: { type: 'reorged', wallet, nonce: number } })
      return { ...nonce, seen: false, strangerSightings: 0, resendAtMs: at.nowMs }
    }
    if (fact.by === 'other' && !nonce.seen) {
      effects.push({ type: 'report', event: { type: 'nonceTaken', wallet, nonce: number } })
    }
    const isStranger = fact.by === 'other' && !fact.known
    return { ...nonce, seen: true, strangerSightings: isStranger ? nonce.strangerSightings + 1 : 0 }
  })
  return { job: { ...job, nonces }, effects }
}
