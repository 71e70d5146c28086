import { DecodeError, err, ok, type Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import { checkedBody, checkedRecord, StorageError } from '@zkstack/storage'
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

/** Stored bytes of a job that make no sense, or are not those that were written. */
export interface JobUnreadable {
  readonly code: 'UNREADABLE'
  readonly message: string
}

/** Jobs in a {@link JobStore}; a checksum over table, key and record stands before each record. */
export class JobRepository {
  readonly #store: JobStore

  constructor(store: JobStore) {
    this.#store = store
  }

  /** Adds a job together with what others want in the same batch. */
  async create(job: Job, others: readonly BatchOperation[]): Promise<Result<void, InsertRefused>> {
    const record = checked('insert', jobTables.jobs, job.id, encodeJob(job))
    return this.#store.write([record, ...others])
  }

  /** Everything that is stored of a job; `undefined`: nothing is. */
  async read(id: JobId): Promise<Result<JobRecord | undefined, JobUnreadable>> {
    const value = await this.#store.get(jobTables.jobs, id)
    if (value === undefined) return ok(undefined)
    const attempts: StoredAttempt[] = []
    for await (const [key, bytes] of this.#store.entries(jobTables.attempts, attemptRange(id))) {
      const transaction = await this.#store.get(jobTables.attemptTransactions, key)
      const attemptResult = await this.#store.get(jobTables.attemptResults, key)
      attempts.push({ key, bytes, transaction, result: attemptResult })
    }
    const result = await this.#store.get(jobTables.jobResults, id)
    return decoded(() => ({
      job: decodeJob(id, checkedBody(jobTables.jobs, id, value)),
      attempts: attempts.map(attemptOf),
      result: result && decodeJobResult(checkedBody(jobTables.jobResults, id, result)),
    }))
  }

  /** Whether the job has its result, without reading the rest. */
  async isCompleted(id: JobId): Promise<boolean> {
    return (await this.#store.get(jobTables.jobResults, id)) !== undefined
  }

  /** How the job ended; `undefined`: it has not, or there is none. */
  async result(id: JobId): Promise<Result<JobResult | undefined, JobUnreadable>> {
    const value = await this.#store.get(jobTables.jobResults, id)
    return decoded(() => value && decodeJobResult(checkedBody(jobTables.jobResults, id, value)))
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

  /** The highest nonce that any job's attempt has of a wallet. @throws StorageError `STORE_CORRUPT` */
  async highestNonce(wallet: Address): Promise<bigint | undefined> {
    const range = { ...walletRange(wallet), reverse: true, limit: 1 }
    for await (const [key, value] of this.#store.entries(jobTables.attemptsPerWallet, range)) {
      return walletEntry(key, value).nonce
    }
    return undefined
  }

  /** Makes all changes, durably, or none; `ALREADY_PRESENT`: the job has an attempt of that number. */
  write(id: JobId, writes: readonly JobWrite[]): Promise<Result<void, InsertRefused>> {
    return this.#store.write(writes.flatMap((write) => operations(id, write)))
  }

  /** Which jobs have an attempt with this nonce. @throws StorageError `STORE_CORRUPT` */
  async jobsWithNonce(wallet: Address, nonce: bigint): Promise<readonly JobId[]> {
    const ids: JobId[] = []
    const range = nonceRange(wallet, nonce)
    for await (const [key, value] of this.#store.entries(jobTables.attemptsPerWallet, range)) {
      ids.push(walletEntry(key, value).id)
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

/** An attempt's records as they are stored. */
interface StoredAttempt {
  readonly key: Uint8Array
  readonly bytes: Uint8Array
  readonly transaction: Uint8Array | undefined
  readonly result: Uint8Array | undefined
}

function attemptOf({ key, bytes, transaction, result }: StoredAttempt): AttemptRecord {
  const { number } = decodeAttemptKey(key)
  const { attempts, attemptTransactions, attemptResults } = jobTables
  return {
    attempt: decodeAttempt(number, checkedBody(attempts, key, bytes)),
    transaction: transaction && checkedBody(attemptTransactions, key, transaction),
    result: result && decodeAttemptResult(checkedBody(attemptResults, key, result)),
  }
}

/** What the index of wallets says by a key: a changed one could give a nonce away twice. */
function walletEntry(key: Uint8Array, value: Uint8Array): ReturnType<typeof decodeWalletKey> {
  checkedBody(jobTables.attemptsPerWallet, key, value)
  return decodeWalletKey(key)
}

function operations(id: JobId, write: JobWrite): BatchOperation[] {
  switch (write.type) {
    case 'attempt':
      return attemptOperations(id, write.record)
    case 'attemptResult': {
      const key = attemptKey(id, write.attemptNumber)
      return [checked('put', jobTables.attemptResults, key, encodeAttemptResult(write.result))]
    }
    case 'jobResult':
      return [checked('put', jobTables.jobResults, id, encodeJobResult(write.result))]
  }
}

function attemptOperations(id: JobId, { attempt, transaction }: AttemptRecord): BatchOperation[] {
  const key = attemptKey(id, attempt.number)
  const index = walletKey(attempt.wallet, attempt.nonce, { id, number: attempt.number })
  const own = [
    checked('insert', jobTables.attempts, key, encodeAttempt(attempt)),
    checked('put', jobTables.attemptsPerWallet, index, new Uint8Array()),
  ]
  if (transaction === undefined) return own
  return [...own, checked('put', jobTables.attemptTransactions, key, transaction)]
}

function checked(
  type: 'put' | 'insert',
  table: string,
  key: Uint8Array,
  body: Uint8Array,
): BatchOperation {
  return { type, table, key, value: checkedRecord(table, key, body).value }
}

function decoded<T>(read: () => T): Result<T, JobUnreadable> {
  try {
    return ok(read())
  } catch (e) {
    const isDamaged = e instanceof StorageError && e.code === 'STORE_CORRUPT'
    if (e instanceof DecodeError || isDamaged)
      return err({ code: 'UNREADABLE', message: `${e.code}: ${e.message}` })
    throw e
  }
}
