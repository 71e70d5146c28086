import { Channel, scope, Semaphore, silentLogger } from '@zkstack/concurrency'
import type { Ctx, Logger, Scope, Task } from '@zkstack/concurrency'
import { errorOf, isCanceled, isProgrammingError } from '@zkstack/concurrency'
import type { Result } from '@zkstack/crypto'
import type { CallOptions, Certificate, NetworkId } from '@zkstack/pessimistic-proof'
import type { CertificateEvent } from '../certificates/network-effect.js'
import type { NetworkMachineState } from '../certificates/network-state.js'
import { defaultRetryPolicy, retryDelay, type RetryPolicy } from '../certificates/retry-policy.js'
import type { CertificatesPerEpoch, OpenEpoch } from '../epochs/open-epoch.js'
import type { EpochWentBack } from '../epochs/plan-epochs.js'
import { NetworkRateLimits } from '../rate-limit/network-rate-limits.js'
import type { ClockRecord } from '../storage/records.js'
import type { SubmissionError } from '../submission/submission-error.js'
import type { EffectRunnerOptions } from './effect-runner.js'
import { logEvent } from './log-event.js'
import { NetworkRunner } from './network-runner.js'
import type { BackupRequests } from './ports.js'
import { SingleRun } from './single-run.js'
import { Submissions, type AcceptedCertificate, type SubmissionL1 } from './submissions.js'

/** What a {@link SettlementEngine} is made of. */
export interface SettlementEngineOptions extends Omit<EffectRunnerOptions, 'networkId'> {
  /** Who signs, and what became of transactions. */
  readonly submissionL1: SubmissionL1
  /** Default: unlimited. */
  readonly rateLimits?: NetworkRateLimits | undefined
  /** Default: unlimited, strictly one after another. */
  readonly certificatesPerEpoch?: CertificatesPerEpoch | undefined
  /** Default: {@link defaultRetryPolicy}. */
  readonly retry?: RetryPolicy | undefined
  readonly maxHeightsAhead?: bigint | undefined
  readonly debug?: boolean | undefined
  readonly backups?: BackupRequests | undefined
  /** Told of every event of every network, in order; must not throw. */
  readonly onEvent?: ((networkId: NetworkId, event: CertificateEvent) => void) | undefined
  readonly logger?: Logger | undefined
}

/** Settles the certificates of many networks, each at its own pace. */
export class SettlementEngine {
  readonly #o: SettlementEngineOptions
  readonly #logger: Logger
  readonly #retry: RetryPolicy
  readonly #runners = new Map<NetworkId, NetworkRunner>()
  readonly #stops = new Map<NetworkId, () => Promise<void>>()
  readonly #starts = new Channel<NetworkId>(Infinity)
  readonly #edits = new Semaphore(1)
  readonly #single = new SingleRun('the settlement engine')
  #edited: { readonly networkId: NetworkId; isWanted: boolean } | undefined
  readonly #submissions: Submissions

  constructor(o: SettlementEngineOptions) {
    this.#o = o
    this.#logger = o.logger ?? silentLogger
    this.#retry = o.retry ?? defaultRetryPolicy
    this.#submissions = new Submissions({
      ...o,
      l1: o.submissionL1,
      rateLimits: o.rateLimits ?? new NetworkRateLimits(),
      isReplaceable: (networkId) => this.#runners.get(networkId)?.isReplaceable ?? false,
    })
  }

  /**
   * Settles until cancelled: first whatever was under way, of whatever status, when the process ended. A network whose work fails
   * begins again from what is stored, after a while; the others go on.
   * @throws CanceledError; ZkStackError `ALREADY_RUNNING`; SettlementStorageError
   */
  run(ctx: Ctx): Promise<never> {
    return this.#single.run(() => this.#run(ctx))
  }

  async #run(ctx: Ctx): Promise<never> {
    for (const networkId of await this.#o.store.networksWithCertificates())
      this.#starts.trySend(networkId)
    return scope(ctx, async (inner, tasks) => {
      for (;;) {
        const networkId = await this.#starts.receive({ signal: inner.signal })
        if (this.#edited?.networkId === networkId) this.#edited.isWanted = true
        else if (!this.#runners.has(networkId)) this.#begin(tasks, networkId)
      }
    })
  }

  /** Takes a certificate in, and begins with it when its turn comes. */
  async submit(
    certificate: Certificate,
    o: CallOptions,
  ): Promise<Result<AcceptedCertificate, SubmissionError>> {
    const accepted = await this.#submissions.submit(certificate, o)
    const { networkId, height } = certificate
    // A network that rests finds out whether what it has can be replaced.
    if (!accepted.ok && accepted.error.code === 'UnableToReplacePendingCertificate')
      this.#starts.trySend(networkId)
    if (!accepted.ok || !accepted.value.isNew) return accepted
    this.#starts.trySend(networkId)
    this.#runners.get(networkId)?.tell({ type: 'submitted', height })
    return accepted
  }

  /** Stops a network from submitting and from proving; what is on its way to L1 goes on. */
  async disableNetwork(networkId: NetworkId): Promise<void> {
    await this.#o.store.setDisabled(networkId, this.#o.clock.nowUtc())
    this.#runners.get(networkId)?.tell({ type: 'disabled' })
  }

  /** Lets a network go on. */
  async enableNetwork(networkId: NetworkId): Promise<void> {
    await this.#o.store.setDisabled(networkId, undefined)
    this.#starts.trySend(networkId)
    this.#runners.get(networkId)?.tell({ type: 'enabled' })
  }

  /**
   * Changes the records of a network while nothing of it is under way, and begins again from what is stored then.
   * @param o `resume: false`: the network rests until something is submitted, it is enabled, or the process starts again.
   */
  async editNetwork<T>(
    networkId: NetworkId,
    edit: () => Promise<T>,
    o: { readonly resume: boolean },
  ): Promise<T> {
    using _turn = await this.#edits.acquire()
    const edited = { networkId, isWanted: o.resume }
    this.#edited = edited
    try {
      await this.#stops.get(networkId)?.()
      return await edit()
    } finally {
      this.#edited = undefined
      if (edited.isWanted) this.#starts.trySend(networkId)
    }
  }

  /** Brings the epochs to where the clock is, which is stored with them. */
  async openEpoch(current: bigint, clock: ClockRecord): Promise<Result<OpenEpoch, EpochWentBack>> {
    const before = this.#o.store.epoch?.number
    const opened = await this.#o.store.openEpoch(current, clock)
    if (opened.ok && opened.value.number !== before)
      for (const runner of this.#runners.values())
        runner.tell({ type: 'epochStarted', epoch: opened.value.number })
    return opened
  }

  /** Where a network stands; `undefined` if nothing of it is under way since the start. */
  state(networkId: NetworkId): NetworkMachineState | undefined {
    return this.#runners.get(networkId)?.state
  }

  #begin(tasks: Scope, networkId: NetworkId): void {
    this.#runners.set(networkId, this.#runnerOf(networkId))
    const task: Task<void> = tasks.spawnBackground(async (ctx) => {
      using own = ctx.child()
      this.#stops.set(networkId, async () => {
        own.cancel(new Error('the network is edited'))
        await task.join()
      })
      try {
        await this.#keepRunning(own, networkId)
      } catch (e) {
        if (ctx.canceled || !own.canceled || isProgrammingError(e)) throw e
        this.#runners.delete(networkId)
        this.#stops.delete(networkId)
      }
    })
  }

  #runnerOf(networkId: NetworkId): NetworkRunner {
    const { certificatesPerEpoch = 'unlimited' } = this.#o
    return new NetworkRunner({
      ...this.#o,
      networkId,
      machine: { certificatesPerEpoch, retry: this.#retry },
      onEvent: (id, event) => {
        logEvent(this.#logger, id, event)
        this.#o.onEvent?.(id, event)
      },
    })
  }

  async #keepRunning(ctx: Ctx, networkId: NetworkId): Promise<void> {
    for (let failures = 1; ; failures++) {
      try {
        await this.#runners.get(networkId)?.run(ctx)
      } catch (e) {
        if (isCanceled(e) || isProgrammingError(e)) throw e
        const delayMs = retryDelay(this.#retry, failures)
        const { message } = errorOf(e)
        this.#logger.error('a network begins again', { networkId, failures, delayMs, message })
        await ctx.sleep(delayMs)
        this.#runners.set(networkId, this.#runnerOf(networkId))
      }
    }
  }
}
