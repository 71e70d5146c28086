import type { Clock, Semaphore } from '@zkstack/concurrency'
import { bytesEqual, ok, type Result } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { CallOptions } from '@zkstack/storage'
import type { L1Client } from '../../client/l1-client.js'
import { jobError, type JobError } from '../job-error.js'
import { formatJobId, type JobId } from '../job-id.js'
import type { AttemptRecord, AttemptResult, JobRecord } from '../job.js'
import type { JobRepository } from '../store/job-repository.js'
import type { EditOptions, ForeignAttempt, JobAdmin, JobEdit } from '../transaction-manager.js'
import type { LiveTasks } from './live-tasks.js'

/** What operators' edits need of the manager. */
interface JobAdminInit {
  readonly repository: JobRepository
  readonly tasks: LiveTasks
  readonly client: L1Client
  /** Held while a job is read and changed. */
  readonly edits: Semaphore
  readonly clock: Clock
  /** A completion that was told may be so no more. */
  readonly forgetCompletion: () => void
}

/** Makes the operations of {@link JobAdmin}; one after another, whatever their job. */
export function createJobAdmin(init: JobAdminInit): JobAdmin {
  const editor = new JobEditor(init)
  return {
    abort: (id) => editor.abort(id),
    reload: (id) => editor.reload(id),
    insertAttempt: (id, attempt, o) => editor.insertAttempt(id, attempt, o),
    markAttemptDefinitelyFailed: (id, attemptNumber, reason, o) =>
      editor.markFailed(id, { attemptNumber, reason }, o),
    removeAttemptResult: (id, attemptNumber, o) => editor.removeAttemptResult(id, attemptNumber, o),
    forceRemoveJobResult: (id) => editor.forceRemoveJobResult(id),
  }
}

type Outcome<T> = Promise<Result<T, JobError>>

class JobEditor {
  readonly #init: JobAdminInit

  constructor(init: JobAdminInit) {
    this.#init = init
  }

  async abort(id: JobId): Outcome<void> {
    const pending = await this.#pending(id)
    if (!pending.ok) return pending
    const live = this.#init.tasks.get(id)
    if (live === undefined) return jobError('NO_LIVE_TASK', 'nothing drives the job: reload it')
    live.cancel()
    return ok(undefined)
  }

  async reload(id: JobId): Outcome<void> {
    const pending = await this.#pending(id)
    if (!pending.ok) return pending
    const { tasks } = this.#init
    const live = tasks.get(id)
    if (live?.isEnding === true) return jobError('UNAVAILABLE', 'the job is just being let go')
    if (!tasks.isRunning) return jobError('UNAVAILABLE', 'the manager does not run')
    if (live === undefined) tasks.start(id)
    else live.task.reload()
    return ok(undefined)
  }

  async insertAttempt(
    id: JobId,
    foreign: ForeignAttempt,
    o: EditOptions & CallOptions,
  ): Outcome<JobEdit> {
    const sent = await this.#sentBy(foreign, o)
    if (!sent.ok) return sent
    const { wallet, nonce } = sent.value
    const { transactionHash } = foreign
    const { client, repository } = this.#init
    const mined = await client.transactionBySenderAndNonce(wallet, nonce, o)
    const known = mined.ok && mined.value !== 'UNSUPPORTED' ? mined.value : undefined
    return this.#edit(id, o, async ({ attempts }) => {
      if (known !== undefined && !bytesEqual(known.hash, transactionHash)) {
        return jobError('INVALID', 'L1 has another transaction of this wallet and nonce')
      }
      const others = await repository.jobsWithNonce(wallet, nonce)
      if (others.some((other) => !bytesEqual(other, id))) {
        return jobError('INVALID', 'another job has the nonce')
      }
      const number = (attempts.at(-1)?.attempt.number ?? -1) + 1
      const attempt = {
        number,
        wallet,
        nonce,
        transactionHash,
        submittedAtMs: foreign.submittedAtMs ?? this.#init.clock.nowUtc(),
        maxFeePerGas: foreign.maxFeePerGas ?? 0n,
        maxPriorityFeePerGas: foreign.maxPriorityFeePerGas ?? 0n,
      }
      const record: AttemptRecord = { attempt, transaction: undefined, result: undefined }
      await repository.write(id, [{ type: 'attempt', record }])
      return ok(number)
    })
  }

  /** Whose transaction it is, and its place among theirs: as L1 knows it, where the operator does not say. */
  async #sentBy(
    { transactionHash, wallet, nonce }: ForeignAttempt,
    o: CallOptions,
  ): Outcome<{ readonly wallet: Address; readonly nonce: bigint }> {
    if (wallet !== undefined && nonce !== undefined) return ok({ wallet, nonce })
    const found = await this.#init.client.transaction(transactionHash, o)
    if (!found.ok) return jobError('UNAVAILABLE', found.error.message, found.error)
    if (found.value === undefined) {
      return jobError('INVALID', 'L1 does not know the transaction: give its wallet and nonce')
    }
    const { sender, nonce: place } = found.value
    const isSame =
      (wallet === undefined || bytesEqual(wallet, sender)) && (nonce ?? place) === place
    if (!isSame) return jobError('INVALID', 'the transaction is of another wallet or nonce')
    return ok({ wallet: sender, nonce: place })
  }

  async markFailed(
    id: JobId,
    { attemptNumber, reason }: { readonly attemptNumber: number; readonly reason: string },
    o: EditOptions = {},
  ): Outcome<JobEdit> {
    return this.#edit(id, o, async ({ attempts }) => {
      if (reason === '') return jobError('INVALID', 'a reason is needed')
      const record = attempts.find(({ attempt }) => attempt.number === attemptNumber)
      if (record === undefined) return jobError('NOT_FOUND', `there is no attempt ${attemptNumber}`)
      if (record.result?.type === 'contractCall' && o.force !== true) {
        return jobError('INVALID', 'the attempt is on L1')
      }
      const result: AttemptResult = {
        type: 'clientError',
        kind: 'abandonedByAdmin',
        message: reason,
      }
      await this.#init.repository.write(id, [{ type: 'attemptResult', attemptNumber, result }])
      return ok(attemptNumber)
    })
  }

  async removeAttemptResult(
    id: JobId,
    attemptNumber: number,
    o: EditOptions = {},
  ): Outcome<JobEdit> {
    return this.#edit(id, o, async ({ attempts }) => {
      const record = attempts.find(({ attempt }) => attempt.number === attemptNumber)
      if (record?.result === undefined) {
        return jobError('NOT_FOUND', `attempt ${attemptNumber} has no result`)
      }
      await this.#init.repository.removeAttemptResult(id, attemptNumber)
      return ok(attemptNumber)
    })
  }

  async forceRemoveJobResult(id: JobId): Outcome<void> {
    using _turn = await this.#init.edits.acquire()
    const { repository, tasks } = this.#init
    if (!(await repository.has(id))) return notFound(id)
    if (!(await repository.isCompleted(id))) return jobError('NOT_COMPLETED', 'the job is pending')
    if (tasks.get(id) !== undefined) return jobError('TASK_STILL_LIVE', 'the job is being driven')
    await repository.removeJobResult(id)
    this.#init.forgetCompletion()
    tasks.start(id)
    return ok(undefined)
  }

  /** Changes a job that may be changed, and tells whoever drives it. */
  async #edit(
    id: JobId,
    { force }: EditOptions,
    change: (record: JobRecord) => Outcome<number>,
  ): Outcome<JobEdit> {
    using _turn = await this.#init.edits.acquire()
    const record = await this.#init.repository.read(id)
    if (!record.ok) return record
    if (record.value === undefined) return notFound(id)
    if (record.value.result !== undefined && force !== true) {
      return jobError('ALREADY_COMPLETED', 'the job has its result: only force edits it')
    }
    const changed = await change(record.value)
    return changed.ok ? ok({ attemptNumber: changed.value, liveTask: this.#notify(id) }) : changed
  }

  #notify(id: JobId): JobEdit['liveTask'] {
    const live = this.#init.tasks.get(id)
    if (live === undefined) return 'absent'
    if (live.isEnding) return 'notifyFailed'
    live.task.reload()
    return 'queued'
  }

  async #pending(id: JobId): Outcome<void> {
    const { repository } = this.#init
    if (!(await repository.has(id))) return notFound(id)
    if (!(await repository.isCompleted(id))) return ok(undefined)
    return jobError('ALREADY_COMPLETED', 'the job has its result')
  }
}

function notFound(id: JobId) {
  return jobError('NOT_FOUND', `there is no job ${formatJobId(id)}`)
}
