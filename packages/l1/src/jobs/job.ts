import type { Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { JobId } from './job-id.js'

/** A contract call that L1 is to execute once. Nothing of it changes after its creation. */
export interface Job {
  readonly id: JobId
  readonly to: Address
  readonly calldata: Uint8Array
  /** Wei. */
  readonly value: bigint
  /** Of each attempt. */
  readonly gasLimit: bigint
}

/** A transaction that was signed for a job, and may have been sent. */
export interface Attempt {
  /** Counts from 0 within the job; never used twice. */
  readonly number: number
  readonly wallet: Address
  readonly nonce: bigint
  readonly transactionHash: Hash32
  /** Milliseconds since the Unix epoch. */
  readonly submittedAtMs: number
  /** Wei for each unit of gas. */
  readonly maxFeePerGas: bigint
  /** Wei for each unit of gas. */
  readonly maxPriorityFeePerGas: bigint
}

/** What a transaction did on L1. */
export interface ContractCall {
  readonly outcome: 'success' | 'reverted'
  readonly transactionHash: Hash32
  readonly blockHash: Hash32
  readonly blockNumber: bigint
}

/**
 * Why an attempt led to nothing on L1:
 *
 * - `unknown`: a node refused it; it may be on L1 all the same.
 * - `nonceAlreadyUsed`: another transaction has its nonce, finally.
 * - `settlementSucceededElsewhere`: the job succeeded with another nonce.
 * - `abandonedByAdmin`: an operator says that it will never land.
 */
export type ClientErrorKind =
  'unknown' | 'nonceAlreadyUsed' | 'settlementSucceededElsewhere' | 'abandonedByAdmin'

/** How an attempt ended. */
export type AttemptResult =
  | { readonly type: 'clientError'; readonly kind: ClientErrorKind; readonly message: string }
  | { readonly type: 'contractCall'; readonly call: ContractCall }

/** How a job ended: the attempt that decided it, and what that did. */
export interface JobResult {
  readonly wallet: Address
  readonly nonce: bigint
  readonly attemptNumber: number
  readonly call: ContractCall
}

/** An attempt with what is kept beside it. */
export interface AttemptRecord {
  readonly attempt: Attempt
  /** The signed bytes, so that sending again is sending the same; `undefined`: an operator entered the attempt. */
  readonly transaction: Uint8Array | undefined
  /** `undefined`: pending. */
  readonly result: AttemptResult | undefined
}

/** Everything that is stored of a job. */
export interface JobRecord {
  readonly job: Job
  /** In the order of their numbers. */
  readonly attempts: readonly AttemptRecord[]
  /** `undefined`: pending. */
  readonly result: JobResult | undefined
}
