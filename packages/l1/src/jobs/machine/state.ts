import { bytesEqual } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { RefusalReason } from '../../l1-error.js'
import type { AttemptRecord, JobRecord } from '../job.js'
import type { AttemptKind } from './effect.js'
import type { NonceQuestion } from './facts.js'
import type { Fees } from './fees.js'
import type { Moment } from './input.js'
import type { TransactionPolicy } from './policy.js'
import { retryDelayMs } from './retry-policy.js'

/** What the machine is built with. */
export interface JobConfig {
  readonly policy: TransactionPolicy
  /** Whose nonces new transactions take. */
  readonly wallet: Address
  /** Wallets whose keys are at hand. */
  readonly keys: readonly Address[]
}

/** How far a nonce of the job is; not stored, but derived from the attempts after a restart. */
export interface NonceProgress {
  readonly wallet: Address
  readonly nonce: bigint
  /** How often something was sent. */
  readonly sends: number
  /** Monotonic milliseconds. */
  readonly lastSentMs: number
  /** In [0, 1): what the next deadline takes for its jitter. */
  readonly jitter: number
  /** Why the last one sent was refused; `undefined`: it was not. */
  readonly refused: RefusalReason | undefined
  /** Monotonic milliseconds at which the last attempt is to be sent once more as it is; `undefined`: it was sent. */
  readonly resendAtMs: number | undefined
  /** Whether L1 had a transaction of this nonce when last asked. */
  readonly seen: boolean
  /** How often in a row the nonce was used by a transaction that nobody named. */
  readonly strangerSightings: number
}

/** A transaction on its way to being signed. */
export interface Draft extends Fees {
  readonly wallet: Address
  readonly nonce: bigint
  readonly kind: AttemptKind
}

/** What the machine waits for. */
export type JobPhase =
  | { readonly type: 'inspecting' }
  | { readonly type: 'pricing'; readonly nonce: number }
  /** `claimed`: the transactions that L1 counted a moment ago, when that is to be confirmed. */
  | { readonly type: 'locking'; readonly claimed: bigint | undefined }
  | { readonly type: 'signing'; readonly draft: Draft }
  | { readonly type: 'sending'; readonly attemptNumber: number }
  | { readonly type: 'waiting' }
  | { readonly type: 'finished' }

/** A job, and how far it is. */
export interface JobState {
  readonly config: JobConfig
  readonly record: JobRecord
  /** In the order of their first attempts. */
  readonly nonces: readonly NonceProgress[]
  /** How often in a row L1 or the signer could not be asked. */
  readonly failures: number
  readonly phase: JobPhase
}

/** The state of a job that was just created or loaded. */
export function initialJobState(record: JobRecord, config: JobConfig, at: Moment): JobState {
  const nonces: NonceProgress[] = []
  for (const { attempt } of record.attempts) {
    if (nonces.some((n) => isSameNonce(n, attempt))) continue
    nonces.push(loadedProgress(attemptsOf(record, attempt), at))
  }
  const phase = { type: 'waiting' } as const
  return { config, record, nonces, failures: 0, phase }
}

/** The attempts at a nonce, in the order of their numbers. */
export function attemptsOf(record: JobRecord, at: NonceOfWallet): readonly AttemptRecord[] {
  return record.attempts.filter(({ attempt }) => isSameNonce(attempt, at))
}

/** What to ask L1 about. */
export function nonceQuestions({ record, nonces }: JobState): readonly NonceQuestion[] {
  return nonces.map(({ wallet, nonce }) => ({
    wallet,
    nonce,
    transactions: attemptsOf(record, { wallet, nonce })
      .map(({ attempt }) => attempt.transactionHash)
      .reverse(),
  }))
}

/** Monotonic milliseconds at which a nonce that is not on L1 gets another transaction. */
export function deadlineMs(policy: TransactionPolicy, progress: NonceProgress): number {
  const retry =
    progress.refused === undefined ? policy.retryOnNotIncluded : policy.retryOnTransientFailure
  return progress.lastSentMs + retryDelayMs(retry, progress.sends, progress.jitter)
}

/** A nonce of a wallet. */
export interface NonceOfWallet {
  readonly wallet: Address
  readonly nonce: bigint
}

/** Whether both are the same nonce of the same wallet. */
export function isSameNonce(a: NonceOfWallet, b: NonceOfWallet): boolean {
  return a.nonce === b.nonce && bytesEqual(a.wallet, b.wallet)
}

/** Whether the wallet's key is at hand. */
export function hasKey({ keys }: JobConfig, wallet: Address): boolean {
  return keys.some((key) => bytesEqual(key, wallet))
}

/** The progress of a nonce that is about to get its first transaction. */
export function newProgress({ wallet, nonce }: NonceOfWallet, at: Moment): NonceProgress {
  return {
    wallet,
    nonce,
    sends: 0,
    lastSentMs: at.nowMs,
    jitter: at.random,
    refused: undefined,
    resendAtMs: undefined,
    seen: false,
    strangerSightings: 0,
  }
}

/** A process that died may not have sent what it stored: the newest attempt is sent again, unless it was refused. */
function loadedProgress(attempts: readonly AttemptRecord[], at: Moment): NonceProgress {
  const newest = attempts[attempts.length - 1]
  if (newest === undefined) throw new TypeError('attempts: expected at least one')
  const isPending = newest.result === undefined
  return {
    ...newProgress(newest.attempt, at),
    sends: attempts.length,
    // A clock that was set back makes no attempt younger than now.
    lastSentMs: at.nowMs - Math.max(0, at.utcMs - newest.attempt.submittedAtMs),
    refused: isPending ? undefined : 'OTHER',
    resendAtMs: isPending && newest.transaction !== undefined ? at.nowMs : undefined,
  }
}
