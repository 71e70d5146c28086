import { DecodeError, err, ok, type Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { AttemptRecord, Job, JobRecord, JobResult } from '../job.js'
import { jobId, type JobId } from '../job-id.js'
import type { JobWrite } from '../machine/effect.js'
import {
  attemptKey,
  attemptRange,
  decodeAttemptKey,
  decodeWalletKey,
  jobTables,
  nonceRange,
  walletKey,
  walletRange,
} from './job-keys.js'
import {
  decodeAttempt,
  decodeAttemptResult,
  decodeJob,
  decodeJobResult,
  encodeAttempt,
  encodeAttemptResult,
  encodeJob,
  encodeJobResult,
} from './job-records.js'
import type { BatchOperation, InsertRefused, JobStore } from './job-store.js'

/** Stored bytes of a job that make no sense. */
export interface JobUnreadable {
  readonly code: 'UNREADABLE'
  readonly message: string
}

/** Jobs in a {@link JobStore}. */
export class JobRepository {
  readonly #store: JobStore

  constructor(store: JobStore) {
    this.#store = store
  }

  /** Adds a job together with what others want in the same batch. */
  async create(job: Job, others: readonly BatchOperation[]): Promise<Result<void, InsertRefused>> {
    const value = encodeJob(job)
    return this.#store.write([
      { type: 'insert', table: jobTables.jobs, key: job.id, value },
      ...others,
    ])
  }

  /** Everything that is stored of a job; `undefined`: nothing is. */
  async read(id: JobId): Promise<Result<JobRecord | undefined, JobUnreadable>> {
    const value = await this.#store.get(jobTables.jobs, id)
    if (value === undefined) return ok(undefined)
    const attempts: (readonly [Uint8Array, Uint8Array])[] = []
    for await (const entry of this.#store.entries(jobTables.attempts, attemptRange(id))) {
      attempts.push(entry)
    }
    const details = await Promise.all(
      attempts.map(async ([key, bytes]) => ({
        key,
        bytes,
        transaction: await this.#store.get(jobTables.attemptTransactions, key),
        result: await this.#store.get(jobTables.attemptResults, key),
      })),
    )
    const result = await this.#store.get(jobTables.jobResults, id)
    return decoded(() => ({
      job: decodeJob(id, value),
      attempts: details.map((detail) => ({
        attempt: decodeAttempt(decodeAttemptKey(detail.key).number, detail.bytes),
        transaction: detail.transaction,
        result: detail.result && decodeAttemptResult(detail.result),
      })),
      result: result && decodeJobResult(result),
    }))
  }

  /** Whether the job has its result, without reading the rest. */
  async isCompleted(id: JobId): Promise<boolean> {
    return (await this.#store.get(jobTables.jobResults, id)) !== undefined
  }

  /** How the job ended; `undefined`: it has not, or there is none. */
  async result(id: JobId): Promise<Result<JobResult | undefined, JobUnreadable>> {
    const value = await this.#store.get(jobTables.jobResults, id)
    return decoded(() => value && decodeJobResult(value))
  }

  /** Whether there is such a job. */
  async has(id: JobId): Promise<boolean> {
    return (await this.#store.get(jobTables.jobs, id)) !== undefined
  }

  /** The ids of all jobs, the oldest first. */
  async *ids(): AsyncGenerator<JobId, void, undefined> {
    for await (const [key] of this.#store.entries(jobTables.jobs, {})) {
      if (key.length === 16) yield jobId(key)
    }
  }

  /** The highest nonce that any job's attempt has of a wallet. */
  async highestNonce(wallet: Address): Promise<bigint | undefined> {
    const range = { ...walletRange(wallet), reverse: true, limit: 1 }
    for await (const [key] of this.#store.entries(jobTables.attemptsPerWallet, range)) {
      return decodeWalletKey(key).nonce
    }
    return undefined
  }

  /** Makes all changes, durably, or none; `ALREADY_PRESENT`: the job has an attempt of that number. */
  write(id: JobId, writes: readonly JobWrite[]): Promise<Result<void, InsertRefused>> {
    return this.#store.write(writes.flatMap((write) => operations(id, write)))
  }

  /** Which jobs have an attempt with this nonce. */
  async jobsWithNonce(wallet: Address, nonce: bigint): Promise<readonly JobId[]> {
    const ids: JobId[] = []
    const range = nonceRange(wallet, nonce)
    for await (const [key] of this.#store.entries(jobTables.attemptsPerWallet, range)) {
      ids.push(decodeWalletKey(key).id)
    }
    return ids
  }

  /** Makes an attempt pending again. */
  async removeAttemptResult(id: JobId, number: number): Promise<void> {
    const key = attemptKey(id, number)
    await this.#store.write([{ type: 'del', table: jobTables.attemptResults, key }])
  }

  /** Makes a job pending again. */
  async removeJobResult(id: JobId): Promise<void> {
    await this.#store.write([{ type: 'del', table: jobTables.jobResults, key: id }])
  }
}

function operations(id: JobId, write: JobWrite): BatchOperation[] {
  switch (write.type) {
    case 'attempt':
      return attemptOperations(id, write.record)
    case 'attemptResult': {
      const key = attemptKey(id, write.attemptNumber)
      const value = encodeAttemptResult(write.result)
      return [{ type: 'put', table: jobTables.attemptResults, key, value }]
    }
    case 'jobResult': {
      const value = encodeJobResult(write.result)
      return [{ type: 'put', table: jobTables.jobResults, key: id, value }]
    }
  }
}

function attemptOperations(id: JobId, { attempt, transaction }: AttemptRecord): BatchOperation[] {
  const key = attemptKey(id, attempt.number)
  const index = walletKey(attempt.wallet, attempt.nonce, { id, number: attempt.number })
  const own: BatchOperation[] = [
    { type: 'insert', table: jobTables.attempts, key, value: encodeAttempt(attempt) },
    { type: 'put', table: jobTables.attemptsPerWallet, key: index, value: new Uint8Array() },
  ]
  if (transaction === undefined) return own
  return [...own, { type: 'put', table: jobTables.attemptTransactions, key, value: transaction }]
}

function decoded<T>(read: () => T): Result<T, JobUnreadable> {
  try {
    return ok(read())
  } catch (e) {
    if (e instanceof DecodeError)
      return err({ code: 'UNREADABLE', message: `${e.code}: ${e.message}` })
    throw e
  }
}
