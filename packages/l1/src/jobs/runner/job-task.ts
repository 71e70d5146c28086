import { Watch, type Ctx, type Semaphore } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { L1Client } from '../../client/l1-client.js'
import type { L1Error } from '../../l1-error.js'
import type { L1Signer } from '../../signers/l1-signer.js'
import type { JobId } from '../job-id.js'
import type { JobRecord, JobResult } from '../job.js'
import type { JobEffect, JobWrite } from '../machine/effect.js'
import type { NonceQuestion } from '../machine/facts.js'
import type { JobInput, Moment } from '../machine/input.js'
import { initialJobState, type JobConfig } from '../machine/state.js'
import { step } from '../machine/step.js'
import type { JobRepository, JobUnreadable } from '../store/job-repository.js'
import { inspectNonces } from './inspect-nonces.js'
import type { JobObserver } from './job-observer.js'
import type { WalletLocks } from './wallet-locks.js'

/** What the tasks of a manager share. */
export interface JobTaskInit {
  readonly client: L1Client
  readonly signers: readonly L1Signer[]
  readonly config: JobConfig
  readonly repository: JobRepository
  readonly locks: WalletLocks
  /** Bounds how many look at L1 at once. */
  readonly inspections: Semaphore
  /** Held by whoever reads and then changes what is stored of a job that exists. */
  readonly edits: Semaphore
  readonly observer: JobObserver
}

/** How a task ended. */
export type JobTaskEnd =
  | { readonly type: 'completed'; readonly result: JobResult }
  | { readonly type: 'unreadable'; readonly error: JobUnreadable }

/** Drives one job: carries the machine's effects out, in order, and tells it what came of them. It decides nothing. */
export class JobTask {
  readonly #id: JobId
  readonly #init: JobTaskInit
  readonly #wakes = new Watch(0)
  #seenWakes = 0
  #isStale = false
  #lock: Disposable | undefined

  constructor(id: JobId, init: JobTaskInit) {
    this.#id = id
    this.#init = init
  }

  /** There may be news on L1. */
  wake(): void {
    this.#wakes.update((n) => n + 1)
  }

  /** What is stored has changed: nothing is written any more before it has been read again. */
  reload(): void {
    this.#isStale = true
    this.wake()
  }

  /** @throws StorageError; CanceledError */
  async run(ctx: Ctx): Promise<JobTaskEnd> {
    for (;;) {
      this.#isStale = false
      const record = await this.#init.repository.read(this.#id)
      if (!record.ok) return { type: 'unreadable', error: record.error }
      if (record.value === undefined) {
        return {
          type: 'unreadable',
          error: { code: 'UNREADABLE', message: 'there is no such job' },
        }
      }
      const result = record.value.result ?? (await this.#drive(ctx, record.value))
      if (result !== undefined) return { type: 'completed', result }
    }
  }

  /** Drives the job to its end, or until what it knows is out of date. */
  async #drive(ctx: Ctx, record: JobRecord): Promise<JobResult | undefined> {
    let state = initialJobState(record, this.#init.config, momentOf(ctx))
    let input: JobInput = { type: 'started' }
    try {
      for (;;) {
        ctx.throwIfCanceled()
        const { job, effects } = step(state, input, momentOf(ctx))
        state = job
        for (const effect of effects) {
          if (effect.type === 'finish') return effect.result
          const answer = await this.#perform(ctx, effect)
          if (answer === 'stale' || (this.#isStale && this.#lock === undefined)) return undefined
          if (answer !== undefined) input = answer
        }
      }
    } finally {
      this.#unlock()
    }
  }

  async #perform(ctx: Ctx, effect: Exclude<JobEffect, { type: 'finish' }>) {
    switch (effect.type) {
      case 'persist':
        return this.#persist(effect.writes)
      case 'report':
        this.#init.observer.happened(this.#id, effect.event)
        return undefined
      case 'unlockWallet':
        this.#unlock()
        return undefined
      case 'inspect':
        return this.#inspect(ctx, effect.nonces)
      case 'price':
        return this.#price(ctx)
      case 'lockWallet':
        return this.#lockWallet(ctx, effect.wallet)
      case 'sign':
        return this.#sign(ctx, effect)
      case 'send':
        return this.#send(ctx, effect.transaction)
      case 'wait':
        return this.#wait(ctx, effect.untilMs)
    }
  }

  async #persist(writes: readonly JobWrite[]): Promise<'stale' | undefined> {
    using _turn = await this.#init.edits.acquire()
    if (this.#isStale) return 'stale'
    const written = await this.#init.repository.write(this.#id, writes)
    return written.ok ? undefined : 'stale'
  }

  async #inspect(ctx: Ctx, nonces: readonly NonceQuestion[]): Promise<JobInput> {
    // News that comes while L1 is asked is news that may not be in the answer.
    this.#seenWakes = this.#wakes.value
    const { client, config, inspections } = this.#init
    const { signal } = ctx
    using _turn = await inspections.acquire({ signal })
    const facts = await inspectNonces(client, config.policy.finality, nonces, { signal })
    return facts.ok
      ? { type: 'inspected', facts: facts.value }
      : { type: 'inspectionFailed', error: facts.error }
  }

  async #price(ctx: Ctx): Promise<JobInput> {
    const fees = await this.#init.client.fees({ signal: ctx.signal })
    return fees.ok
      ? { type: 'priced', estimate: fees.value }
      : { type: 'pricingFailed', error: fees.error }
  }

  async #lockWallet(ctx: Ctx, wallet: Address): Promise<JobInput> {
    const { client, locks, repository } = this.#init
    const { signal } = ctx
    this.#seenWakes = this.#wakes.value
    this.#lock = await locks.acquire(wallet, { signal })
    const failed = (error: L1Error): JobInput => {
      this.#unlock()
      return { type: 'lockingFailed', error }
    }
    const [count, fees] = await Promise.all([
      client.transactionCount(wallet, 'pending', { signal }),
      client.fees({ signal }),
    ])
    if (!count.ok) return failed(count.error)
    if (!fees.ok) return failed(fees.error)
    const highestStored = await repository.highestNonce(wallet)
    return {
      type: 'walletLocked',
      pendingCount: count.value,
      highestStored,
      estimate: fees.value,
    }
  }

  async #sign(ctx: Ctx, o: Extract<JobEffect, { type: 'sign' }>): Promise<JobInput> {
    const { client, signers } = this.#init
    const signer = signers.find(({ address }) => bytesEqual(address, o.wallet))
    if (signer === undefined) throw new TypeError('wallet: there is no key for it')
    const transaction = { ...o.transaction, chainId: client.chainId }
    const signed = await signer.signTransaction(transaction, { signal: ctx.signal })
    return signed.ok
      ? { type: 'signed', transaction: signed.value }
      : { type: 'signingFailed', error: signed.error }
  }

  async #send(ctx: Ctx, transaction: Uint8Array): Promise<JobInput> {
    const sent = await this.#init.client.sendRawTransaction(transaction, { signal: ctx.signal })
    return sent.ok ? { type: 'sent' } : { type: 'sendingFailed', error: sent.error }
  }

  async #wait(ctx: Ctx, untilMs: number): Promise<JobInput> {
    using waiting = ctx.child()
    const { signal } = waiting
    const woken = this.#wakes.waitFor((wakes) => wakes !== this.#seenWakes, { signal })
    await Promise.race([waiting.sleepUntil(untilMs), woken])
    return { type: 'woken' }
  }

  #unlock(): void {
    this.#lock?.[Symbol.dispose]()
    this.#lock = undefined
  }
}

function momentOf({ clock, random }: Ctx): Moment {
  return { nowMs: clock.now(), utcMs: clock.nowUtc(), random: random.float() }
}
