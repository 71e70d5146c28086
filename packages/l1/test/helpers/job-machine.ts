import { hash32, type Hash32 } from '@zkstack/crypto'
import { jobId, type AttemptRecord, type AttemptResult, type TransactionPolicy } from '@zkstack/l1'
import { worldPolicy } from '@zkstack/l1/testing'
import { address } from '@zkstack/pessimistic-proof'
import type { JobEffect } from '../../src/jobs/machine/effect.js'
import type { NonceFact } from '../../src/jobs/machine/facts.js'
import type { JobInput, Moment } from '../../src/jobs/machine/input.js'
import { initialJobState, type JobState } from '../../src/jobs/machine/state.js'
import { step } from '../../src/jobs/machine/step.js'

export const wallet = address(new Uint8Array(20).fill(1))
export const rotated = address(new Uint8Array(20).fill(2))
export const hashOf = (n: number): Hash32 => hash32(new Uint8Array(32).fill(n))
export const at = (nowMs: number): Moment => ({
  nowMs,
  utcMs: 1_700_000_000_000 + nowMs,
  random: 0,
})
export const estimate = { baseFeePerGas: 10n, maxFeePerGas: 22n, maxPriorityFeePerGas: 2n }

interface AttemptOptions {
  readonly number?: number
  readonly wallet?: typeof wallet
  readonly nonce?: bigint
  readonly maxFeePerGas?: bigint
  readonly maxPriorityFeePerGas?: bigint
  readonly result?: AttemptResult
  readonly transaction?: Uint8Array | undefined
}

/** An attempt that was sent at the time 0; its number tells its hash and bytes. */
export function attempt(o: AttemptOptions = {}): AttemptRecord {
  const number = o.number ?? 0
  return {
    attempt: {
      number,
      wallet: o.wallet ?? wallet,
      nonce: o.nonce ?? 5n,
      transactionHash: hashOf(number),
      submittedAtMs: 1_700_000_000_000,
      maxFeePerGas: o.maxFeePerGas ?? 22n,
      maxPriorityFeePerGas: o.maxPriorityFeePerGas ?? 2n,
    },
    transaction: 'transaction' in o ? o.transaction : Uint8Array.of(number),
    result: o.result,
  }
}

export const unknown: AttemptResult = { type: 'clientError', kind: 'unknown', message: 'refused' }

export function jobWith(
  attempts: readonly AttemptRecord[],
  policy: Partial<TransactionPolicy> = {},
) {
  const job = {
    id: jobId(new Uint8Array(16)),
    to: address(new Uint8Array(20)),
    calldata: new Uint8Array(),
    value: 0n,
    gasLimit: 100n,
  }
  const config = { policy: { ...worldPolicy, ...policy }, wallet, keys: [wallet] }
  return initialJobState({ job, attempts, result: undefined }, config, at(0))
}

/** Feeds inputs at a time and returns the last step. */
export function run(job: JobState, nowMs: number, ...inputs: readonly JobInput[]) {
  let turn: { job: JobState; effects: readonly JobEffect[] } = { job, effects: [] }
  for (const input of inputs) turn = step(turn.job, input, at(nowMs))
  return turn
}

export const inspected = (head: bigint | undefined, ...nonces: readonly NonceFact[]): JobInput => ({
  type: 'inspected',
  facts: { head, nonces },
})
export const started: JobInput = { type: 'started' }
export const sent: JobInput = { type: 'sent' }
export const nobody: NonceFact = { by: 'nobody', isNext: true }
export const queued: NonceFact = { by: 'nobody', isNext: false }
export const stranger = (final = true, known = true): NonceFact => ({ by: 'other', final, known })

export function ours(
  number: number,
  outcome: 'success' | 'reverted' = 'success',
  o: { readonly block?: bigint; readonly canonical?: boolean } = {},
): NonceFact {
  const blockNumber = o.block ?? 100n
  const call = { outcome, transactionHash: hashOf(number), blockHash: hashOf(200), blockNumber }
  return { by: 'ours', call, canonical: o.canonical ?? true }
}

/** A job whose newest attempts this process has sent again after loading it. */
export function resent(
  attempts: readonly AttemptRecord[],
  policy: Partial<TransactionPolicy> = {},
) {
  let turn = run(jobWith(attempts, policy), 0, started)
  for (;;) {
    const count = turn.job.nonces.length
    turn = run(turn.job, 0, inspected(0n, ...Array.from({ length: count }, () => nobody)))
    if (turn.effects.at(-1)?.type !== 'send') return run(turn.job, 0, { type: 'woken' }).job
    turn = run(turn.job, 0, sent)
  }
}

export const typesOf = (effects: readonly JobEffect[]) => effects.map(({ type }) => type)
export const resultsOf = (effects: readonly JobEffect[]) =>
  effects
    .flatMap((effect) => (effect.type === 'persist' ? effect.writes : []))
    .flatMap((write) => {
      if (write.type !== 'attemptResult') return []
      const { result } = write
      const what = result.type === 'clientError' ? result.kind : result.call.outcome
      return [[write.attemptNumber, what]]
    })
