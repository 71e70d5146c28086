import type { Clock, Ctx, Logger, MetricsSink, Random } from '@zkstack/concurrency'
import type { Hash32, Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import type { L1Client } from '../client/l1-client.js'
import type { HeadSource } from '../events/new-heads.js'
import type { L1Signer } from '../signers/l1-signer.js'
import type { JobError } from './job-error.js'
import type { JobId } from './job-id.js'
import type { JobRecord, JobResult } from './job.js'
import type { TransactionPolicy } from './machine/policy.js'
import type { BatchOperation, JobStore } from './store/job-store.js'

/** What a transaction manager is made of. */
export interface TransactionManagerOptions {
  readonly client: L1Client
  /**
   * The first signs new transactions. The others only replace transactions that their wallets sent before. A wallet must have one
   * manager, and no other use.
   */
  readonly signers: readonly [L1Signer, ...L1Signer[]]
  readonly store: JobStore
  /** Default: {@link defaultTransactionPolicy}. */
  readonly policy?: TransactionPolicy | undefined
  /** How often to ask L1 for a new block while jobs are under way, in milliseconds; default 2000. */
  readonly pollIntervalMs?: number | undefined
  /** Has L1 asked at once when there may be a new block, besides; see `newHeads`. */
  readonly heads?: HeadSource | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  readonly logger?: Logger | undefined
  readonly metrics?: MetricsSink | undefined
}

/** A contract call that L1 is to execute once. */
export interface JobRequest {
  /** Default: a fresh one. With an id of its own a request can be repeated after a crash: the job is made once. */
  readonly id?: JobId | undefined
  readonly to: Address
  readonly calldata: Uint8Array
  /** Wei; default 0. */
  readonly value?: bigint | undefined
}

/** Options of {@link TransactionManager.submit}. */
export interface SubmitOptions extends CallOptions {
  /** Written in the batch that creates the job, or not at all. */
  readonly commitWith?: readonly BatchOperation[] | undefined
}

/**
 * Sees to it that each job's call is executed on L1 once, through crashes, reorgs, stuck transactions and nodes that fail or lie.
 *
 * Nothing is sent that is not stored. A nonce is given to one job, and a job takes another nonce only when its own are used by
 * others for good.
 */
export interface TransactionManager {
  /**
   * Takes up all jobs that are not completed, then drives jobs until cancelled. Jobs that cannot be read are passed over, logged
   * and counted.
   *
   * @throws StorageError when the store fails; ZkStackError `ALREADY_RUNNING` while another run drives them; CanceledError.
   */
  run(ctx: Ctx): Promise<never>
  /**
   * Stores a job, after L1 said what gas it would use; it is driven while the manager runs. Waits as long as L1 cannot be asked.
   *
   * Errors: `REFUSED`, `ALREADY_PRESENT`. Repeating a request with the id of an equal job is a success.
   */
  submit(request: JobRequest, o: SubmitOptions): Promise<Result<JobId, JobError>>
  /** How the job ended; `undefined`: it has not. Errors: `NOT_FOUND`, `UNREADABLE`. */
  result(id: JobId): Promise<Result<JobResult | undefined, JobError>>
  /** Waits for the job's end, through aborts and reloads. Errors: `NOT_FOUND`, `UNREADABLE`. */
  wait(id: JobId, o: CallOptions): Promise<Result<JobResult, JobError>>
  /** The jobs in the order of their creation, and what operators need to see of each. */
  jobs(): AsyncIterable<JobStatus>
  /** Everything about a job. Errors: `NOT_FOUND`, `UNREADABLE`. */
  job(id: JobId): Promise<Result<JobStatus & { readonly record: JobRecord }, JobError>>
  readonly admin: JobAdmin
}

/** A job as operators see it. */
export interface JobStatus {
  readonly id: JobId
  readonly status: 'pending' | 'completed' | 'unreadable'
  /** Whether it is being driven. A pending job that is not needs a reload. */
  readonly hasLiveTask: boolean
  readonly attempts: number
  /** What the newest result of an attempt says went wrong, or why the job is unreadable. */
  readonly lastError: string | undefined
}

/** A transaction that was sent by other means. */
export interface ForeignAttempt {
  readonly transactionHash: Hash32
  /** Default: that of the transaction as L1 knows it, as well as the nonce. */
  readonly wallet?: Address | undefined
  readonly nonce?: bigint | undefined
  /** Milliseconds since the Unix epoch; default now. */
  readonly submittedAtMs?: number | undefined
  /** Wei for each unit of gas; default 0. */
  readonly maxFeePerGas?: bigint | undefined
  /** Wei for each unit of gas; default 0. */
  readonly maxPriorityFeePerGas?: bigint | undefined
}

/** What came of an edit, which is stored in any case. */
export interface JobEdit {
  readonly attemptNumber: number
  /**
   * - `queued`: whoever drives the job will look at it again.
   * - `absent`: nobody drives the job. Reload it when all edits are made.
   * - `notifyFailed`: the job is just being let go. Reload it then.
   */
  readonly liveTask: 'queued' | 'absent' | 'notifyFailed'
}

/** Options of an edit. */
export interface EditOptions {
  /** Also of a completed job; default false. */
  readonly force?: boolean | undefined
}

/**
 * What operators do to a job that is stuck: abort it, edit what is wrong, reload it. All need that the operator knows what L1
 * has: an attempt that is said to have failed and has not may execute the job's call twice.
 *
 * A completed job is edited by force, first its attempts, and then taken up again by `forceRemoveJobResult`.
 */
export interface JobAdmin {
  /** Ends driving the job; what is stored stays. Errors: `NOT_FOUND`, `ALREADY_COMPLETED`, `NO_LIVE_TASK`. */
  abort(id: JobId): Promise<Result<void, JobError>>
  /**
   * Reads the job again and drives it on. Errors: `NOT_FOUND`, `ALREADY_COMPLETED`, `UNREADABLE`, `UNAVAILABLE` (also: the manager
   * does not run).
   */
  reload(id: JobId): Promise<Result<void, JobError>>
  /**
   * Adds a transaction to a job's attempts. Errors: `NOT_FOUND`, `ALREADY_COMPLETED`, `UNREADABLE`; `INVALID`, also when its wallet
   * and nonce are not given and L1 does not know it; `UNAVAILABLE`, when L1 cannot be asked for them.
   */
  insertAttempt(
    id: JobId,
    attempt: ForeignAttempt,
    o: EditOptions & CallOptions,
  ): Promise<Result<JobEdit, JobError>>
  /** Says that an attempt will never land. Errors: `NOT_FOUND`, `ALREADY_COMPLETED`, `UNREADABLE`, `INVALID`. */
  markAttemptDefinitelyFailed(
    id: JobId,
    attemptNumber: number,
    reason: string,
    o?: EditOptions,
  ): Promise<Result<JobEdit, JobError>>
  /** Makes an attempt pending. Errors: `NOT_FOUND`, `ALREADY_COMPLETED`, `UNREADABLE`. */
  removeAttemptResult(
    id: JobId,
    attemptNumber: number,
    o?: EditOptions,
  ): Promise<Result<JobEdit, JobError>>
  /**
   * Makes a job pending, and drives it on. Errors: `NOT_FOUND`, `NOT_COMPLETED`, `TASK_STILL_LIVE`.
   */
  forceRemoveJobResult(id: JobId): Promise<Result<void, JobError>>
}
