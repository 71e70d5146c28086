import {
  Ctx,
  realClock,
  scope,
  Semaphore,
  silentLogger,
  silentMetrics,
  systemRandom,
  Watch,
  ZkStackError,
} from '@zkstack/concurrency'
import { bytesEqual, ok, type Result } from '@zkstack/crypto'
import type { CallOptions } from '@zkstack/storage'
import { HeadSigns } from '../../events/head-signs.js'
import type { L1Error } from '../../l1-error.js'
import { jobError, type JobError } from '../job-error.js'
import { createJobId, formatJobId, type JobId } from '../job-id.js'
import type { Job, JobRecord, JobResult } from '../job.js'
import { agreedGas, gasLimitFor } from '../machine/gas-limit.js'
import { defaultTransactionPolicy } from '../machine/policy.js'
import { retryDelayMs } from '../machine/retry-policy.js'
import { JobRepository } from '../store/job-repository.js'
import type {
  JobAdmin,
  JobRequest,
  JobStatus,
  SubmitOptions,
  TransactionManager,
  TransactionManagerOptions,
} from '../transaction-manager.js'
import { createJobAdmin } from './job-admin.js'
import { JobObserver } from './job-observer.js'
import type { JobTaskEnd } from './job-task.js'
import { jobStatus, unreadableStatus } from './job-status.js'
import { LiveTasks } from './live-tasks.js'
import { WalletLocks } from './wallet-locks.js'
import { watchHead } from './watch-head.js'

const POLL_INTERVAL_MS = 2000

/** Jobs that look at L1 at the same time; the others wait their turn. */
const INSPECTIONS = 16

/** Makes a transaction manager; jobs are driven while its `run` does. @throws RangeError for a pause that is none. */
export function createTransactionManager(options: TransactionManagerOptions): TransactionManager {
  return new Manager(options)
}

type Completion = { readonly id: JobId; readonly result: JobResult } | undefined

class Manager implements TransactionManager {
  readonly admin: JobAdmin
  readonly #o
  readonly #repository: JobRepository
  readonly #tasks: LiveTasks
  readonly #observer: JobObserver
  /** The newest one; whoever waits is told of each. */
  readonly #completed = new Watch<Completion>(undefined)

  constructor(options: TransactionManagerOptions) {
    const { client, signers, store, pollIntervalMs = POLL_INTERVAL_MS } = options
    if (!(pollIntervalMs > 0))
      throw new RangeError(`pollIntervalMs: expected a positive number, got ${pollIntervalMs}`)
    const o = {
      ...options,
      policy: options.policy ?? defaultTransactionPolicy,
      pollIntervalMs,
      clock: options.clock ?? realClock,
      random: options.random ?? systemRandom,
    }
    this.#o = o
    this.#repository = new JobRepository(store)
    this.#observer = new JobObserver(o.metrics ?? silentMetrics, o.logger ?? silentLogger)
    const edits = new Semaphore(1)
    const keys = signers.map(({ address }) => address)
    this.#tasks = new LiveTasks(
      {
        client,
        signers,
        config: { policy: o.policy, wallet: signers[0].address, keys },
        repository: this.#repository,
        locks: new WalletLocks(),
        inspections: new Semaphore(INSPECTIONS),
        edits,
        observer: this.#observer,
      },
      (id, end) => {
        this.#ended(id, end)
      },
    )
    this.admin = createJobAdmin({
      repository: this.#repository,
      tasks: this.#tasks,
      client,
      edits,
      clock: o.clock,
      forgetCompletion: () => {
        this.#completed.set(undefined)
      },
    })
  }

  async run(ctx: Ctx): Promise<never> {
    if (this.#tasks.isRunning)
      throw new ZkStackError('ALREADY_RUNNING', 'the transaction manager runs already')
    return scope(ctx, async (inner, s) => {
      this.#tasks.scope = s
      const signs = new HeadSigns()
      const { heads } = this.#o
      if (heads !== undefined)
        s.spawnBackground((own) =>
          heads.run(own, () => {
            signs.tell()
          }),
        )
      try {
        await this.#recover()
        return await watchHead(inner, { ...this.#o, tasks: this.#tasks, signs })
      } finally {
        this.#tasks.scope = undefined
      }
    })
  }

  async submit(request: JobRequest, o: SubmitOptions): Promise<Result<JobId, JobError>> {
    const { id, to, calldata, value = 0n } = request
    const known = id && (await this.#repository.read(id))
    if (known?.ok === true && known.value !== undefined) return repeated(known.value.job, request)
    const gasLimit = await this.#gasLimit({ to, calldata, value }, o)
    if (!gasLimit.ok) return gasLimit
    const job: Job = {
      id: id ?? createJobId(this.#o.clock.nowUtc(), this.#o.random),
      to,
      calldata,
      value,
      gasLimit: gasLimit.value,
    }
    const created = await this.#repository.create(job, o.commitWith ?? [])
    if (!created.ok) {
      return jobError('ALREADY_PRESENT', `a key of ${created.error.table} is taken`)
    }
    this.#tasks.start(job.id)
    return ok(job.id)
  }

  async result(id: JobId): Promise<Result<JobResult | undefined, JobError>> {
    const result = await this.#repository.result(id)
    if (!result.ok || result.value !== undefined) return result
    return (await this.#repository.has(id)) ? result : notFound(id)
  }

  async wait(id: JobId, o: CallOptions): Promise<Result<JobResult, JobError>> {
    using ctx = Ctx.root({ clock: this.#o.clock, random: this.#o.random, signal: o.signal })
    // Before reading, so that an end in between is not missed; disposing of the context ends it.
    const waiting = this.#completionOf(id, ctx.signal)
    const stored = await Promise.race([this.result(id), waiting])
    if (!stored.ok) return stored
    return stored.value === undefined ? await waiting : ok(stored.value)
  }

  async *jobs(): AsyncGenerator<JobStatus, void, undefined> {
    for await (const id of this.#repository.ids()) {
      const job = await this.job(id)
      const hasLiveTask = this.#tasks.get(id) !== undefined
      yield job.ok ? job.value : unreadableStatus(id, hasLiveTask, job.error.message)
    }
  }

  async job(id: JobId): Promise<Result<JobStatus & { readonly record: JobRecord }, JobError>> {
    const record = await this.#repository.read(id)
    if (!record.ok) return record
    if (record.value === undefined) return notFound(id)
    const hasLiveTask = this.#tasks.get(id) !== undefined
    return ok({ ...jobStatus(record.value, hasLiveTask), record: record.value })
  }

  /** Starts a task for every job without a result; what cannot be read must not keep the others from starting. */
  async #recover(): Promise<void> {
    for await (const id of this.#repository.ids()) {
      if (await this.#repository.isCompleted(id)) continue
      this.#tasks.start(id)
    }
  }

  #ended(id: JobId, end: JobTaskEnd): void {
    if (end.type === 'unreadable') {
      this.#observer.unreadable(id, end.error.message)
      return
    }
    this.#observer.completed(id, end.result, this.#o.clock.nowUtc())
    this.#completed.set({ id, result: end.result })
  }

  async #completionOf(id: JobId, signal: AbortSignal): Promise<Result<JobResult, JobError>> {
    let result: JobResult | undefined
    await this.#completed.waitFor(
      (completion) => {
        if (completion !== undefined && bytesEqual(completion.id, id)) result = completion.result
        return result !== undefined
      },
      { signal },
    )
    return result === undefined ? notFound(id) : ok(result)
  }

  /** The gas limit by two estimates in a row that agree, or by two refusals why there is none. */
  async #gasLimit(
    call: Pick<Job, 'to' | 'calldata' | 'value'>,
    o: CallOptions,
  ): Promise<Result<bigint, JobError>> {
    const { client, clock, random, policy, signers } = this.#o
    using ctx = Ctx.root({ clock, random, signal: o.signal })
    let before: Result<bigint, L1Error> | undefined
    for (let tries = 1; ; tries++) {
      const gas = await client.estimateGas({ ...call, from: signers[0].address }, o)
      if (gas.ok || !gas.error.retry) {
        if (before?.ok === false && !gas.ok) {
          return jobError('REFUSED', gas.error.message, gas.error)
        }
        const agreed =
          before?.ok === true && gas.ok ? agreedGas(before.value, gas.value) : undefined
        if (agreed !== undefined) return ok(gasLimitFor(policy.gasLimit, agreed))
        const isFirst = before === undefined
        before = gas
        if (isFirst) continue
      }
      await ctx.sleep(retryDelayMs(policy.retryOnTransientFailure, tries, random.float()))
    }
  }
}

function repeated(job: Job, { to, calldata, value = 0n }: JobRequest): Result<JobId, JobError> {
  const isSame = bytesEqual(job.to, to) && bytesEqual(job.calldata, calldata) && job.value === value
  return isSame ? ok(job.id) : jobError('ALREADY_PRESENT', 'another job has the id')
}

function notFound(id: JobId) {
  return jobError('NOT_FOUND', `there is no job ${formatJobId(id)}`)
}
