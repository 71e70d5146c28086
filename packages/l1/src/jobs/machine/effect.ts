import type { Address } from '@zkstack/pessimistic-proof'
import type { L1Transaction } from '../../client/l1-types.js'
import type { AttemptRecord, AttemptResult, JobResult } from '../job.js'
import type { NonceQuestion } from './facts.js'

/** A change of what is stored of the job. */
export type JobWrite =
  | { readonly type: 'attempt'; readonly record: AttemptRecord }
  | {
      readonly type: 'attemptResult'
      readonly attemptNumber: number
      readonly result: AttemptResult
    }
  | { readonly type: 'jobResult'; readonly result: JobResult }

/** Why a transaction is sent: for a nonce of its own, with higher fees, or after all others of its nonce were refused. */
export type AttemptKind = 'submission' | 'gas_bump' | 'replacement'

/** What a node had against a transaction. */
export type AttemptErrorKind = 'nonce_too_low' | 'underpriced' | 'rpc'

/** What operators should know of. */
export type JobEvent =
  | { readonly type: 'attempt'; readonly kind: AttemptKind; readonly record: AttemptRecord }
  | {
      readonly type: 'attemptError'
      readonly kind: AttemptErrorKind
      readonly wallet: Address
      readonly message: string
    }
  /** Something could not be asked; `failures` in a row. */
  | { readonly type: 'retrying'; readonly failures: number; readonly message: string }
  /** The stored result of an attempt contradicts L1, and was kept. */
  | {
      readonly type: 'conflict'
      readonly attemptNumber: number
      readonly stored: AttemptResult
      readonly found: AttemptResult
    }
  /** A transaction of the job that was on L1 is there no more. */
  | { readonly type: 'reorged'; readonly wallet: Address; readonly nonce: bigint }
  /** The nonce was used by a transaction that is not the job's. */
  | { readonly type: 'nonceTaken'; readonly wallet: Address; readonly nonce: bigint }

/**
 * What the runner is to do, in this order; the last effect of a step, and only that one, is answered by an input.
 *
 * - `persist`: make the changes durable, all or none, before anything after it.
 * - `report`: tell operators.
 * - `unlockWallet`: give up the wallet's lock, if it is held.
 * - `inspect`: ask L1. Answer: `inspected` or `inspectionFailed`.
 * - `price`: ask L1 for fees. Answer: `priced` or `pricingFailed`.
 * - `lockWallet`: take the wallet's lock, then ask L1 and the store for its nonces, and L1 for fees. Answer: `walletLocked` or,
 *   the lock given up, `lockingFailed`.
 * - `sign`: Answer: `signed` or `signingFailed`.
 * - `send`: hand the bytes to L1. Answer: `sent` or `sendingFailed`.
 * - `wait`: until the monotonic time, or until L1 has a new block. Answer: `woken`.
 * - `finish`: the job has its result. No answer.
 */
export type JobEffect =
  | { readonly type: 'persist'; readonly writes: readonly JobWrite[] }
  | { readonly type: 'report'; readonly event: JobEvent }
  | { readonly type: 'unlockWallet' }
  | { readonly type: 'inspect'; readonly nonces: readonly NonceQuestion[] }
  | { readonly type: 'price' }
  | { readonly type: 'lockWallet'; readonly wallet: Address }
  | {
      readonly type: 'sign'
      readonly wallet: Address
      readonly transaction: Omit<L1Transaction, 'chainId'>
    }
  | { readonly type: 'send'; readonly transaction: Uint8Array }
  | { readonly type: 'wait'; readonly untilMs: number }
  | { readonly type: 'finish'; readonly result: JobResult }
