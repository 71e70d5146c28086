import {
  errorOf,
  isCanceled,
  scope,
  silentLogger,
  silentMetrics,
  yieldTurn,
} from '@zkstack/concurrency'
import type { Ctx, Logger, Scope } from '@zkstack/concurrency'
import { labelOf, qcKey, viewOf } from '@zkstack/roles'
import type { CommitQC, Signed, TimeoutQC } from '@zkstack/roles'
import type { ReplicaConfig } from '../chonky/config.js'
import { diagnose } from '../chonky/diagnose.js'
import type { Effect } from '../chonky/effect.js'
import type { Input } from '../chonky/input.js'
import { reviewCheck } from '../chonky/review-check.js'
import { initialState } from '../chonky/state.js'
import type { ChonkyState } from '../chonky/state.js'
import { step } from '../chonky/step.js'
import { CheckLoop } from './check-loop.js'
import { EffectExecutor } from './effect-executor.js'
import { ReplicaError } from './errors.js'
import { ExecutionCalls } from './execution-calls.js'
import { InputQueue } from './input-queue.js'
import { loadReplicaState } from './load-replica-state.js'
import type { ReplicaEvent } from './replica-event.js'
import { ReplicaMetrics } from './replica-metrics.js'
import type { ReplicaRunner, ReplicaRunnerInit, ReplicaSnapshot } from './replica-runner-init.js'
import { SigningLane } from './signing-lane.js'
import { VerifiedQcCache } from './verified-qc-cache.js'

/** Inputs handled in one go before others get a turn. */
const inputsPerTurn = 16

/** Milliseconds after which others get a turn, however few inputs were handled. */
const turnMs = 5

/** How long to wait before the second attempt of a call that may be retried, as a part of the view timeout. */
const retryPausePart = 0.05

/**
 * Makes the runner of one replica; nothing happens before `run`.
 *
 * @throws ReplicaError `NOT_A_VALIDATOR` when the signer's key is not in the schedule.
 */
export function createReplicaRunner(init: ReplicaRunnerInit): ReplicaRunner {
  const runner = new Runner(init)
  return {
    deliver: (message, carrier) => runner.deliver(message, carrier),
    run: (ctx) => runner.run(ctx),
    snapshot: () => runner.snapshot(),
  }
}

class Runner implements ReplicaRunner {
  readonly #init: ReplicaRunnerInit
  readonly #config: ReplicaConfig
  readonly #logger: Logger
  readonly #metrics: ReplicaMetrics
  readonly #verified: VerifiedQcCache
  readonly #inputs: InputQueue
  readonly #lane: SigningLane
  readonly #checks: CheckLoop
  readonly #yieldTurn: () => Promise<void>
  #state: ChonkyState
  #pinned: readonly (CommitQC | TimeoutQC | undefined)[] = []
  #status: ReplicaSnapshot['status'] = 'created'

  constructor(init: ReplicaRunnerInit) {
    const { schedule } = init.scope
    const self = schedule.indexOf(init.signer.publicKey)
    if (self === undefined) {
      throw new ReplicaError('NOT_A_VALIDATOR', 'the signer’s key is not in the schedule')
    }
    this.#init = init
    this.#logger = init.logger ?? silentLogger
    this.#metrics = new ReplicaMetrics(init.metrics ?? silentMetrics)
    this.#yieldTurn = init.yieldTurn ?? yieldTurn
    this.#config = {
      scope: init.scope,
      self,
      maxPayloadBytes: init.maxPayloadBytes,
      viewTimeoutMs: init.viewTimeoutMs,
    }
    this.#state = initialState({ config: this.#config, persisted: undefined, ...this.#blocks() })
    // A view change brings up to n distinct QCs, and the timeouts of a next one bring them again.
    this.#verified = new VerifiedQcCache(Math.max(64, 4 * schedule.length))
    this.#inputs = new InputQueue(init.clock, schedule)
    this.#lane = new SigningLane({
      signer: init.signer,
      scheme: schedule.scheme,
      timeoutMs: init.viewTimeoutMs,
      signed: (message) => {
        this.#send(message)
      },
      warn: (error) => {
        this.#emit({ type: 'warning', error })
      },
    })
    this.#checks = new CheckLoop({
      scope: init.scope,
      verified: this.#verified,
      review: (id) => reviewCheck(this.#state, id),
      answer: (id, result, verdict) => {
        this.#metrics.checkReviewed(verdict)
        return new Promise((resolve) => {
          this.#inputs.push({ type: 'verified', id, result }, resolve)
        })
      },
      yieldTurn: this.#yieldTurn,
    })
  }

  async deliver(message: Signed, carrier: Uint8Array | undefined): Promise<void> {
    if (this.#status === 'stopped' || this.#status === 'failed') return
    const index = carrier === undefined ? undefined : this.#init.scope.schedule.indexOf(carrier)
    await this.#inputs.deliver(message, index)
  }

  snapshot(): ReplicaSnapshot {
    return {
      status: this.#status,
      ...diagnose(this.#state),
      queuedMessages: this.#inputs.messages,
      queuedChecks: this.#checks.size,
      unsigned: this.#lane.unsigned,
    }
  }

  async run(ctx: Ctx): Promise<void> {
    if (this.#status !== 'created') throw new TypeError('a replica runs once')
    this.#status = 'running'
    const stopWatching = this.#watchBlocks()
    try {
      await scope(ctx, (inner, tasks) => this.#run(inner, tasks))
    } catch (e) {
      if (!isCanceled(e)) this.#status = 'failed'
      throw e
    } finally {
      if (this.#status === 'running') this.#status = 'stopped'
      stopWatching()
      this.#inputs.close()
    }
  }

  async #run(ctx: Ctx, tasks: Scope): Promise<never> {
    await this.#start(ctx)
    const { init, calls, executor } = this.#parts(tasks)
    tasks.spawnBackground((task) => this.#lane.run(task))
    tasks.spawnBackground((task) => this.#checks.run(task))
    const handle = (input: Input, taken?: () => void): Promise<void> =>
      this.#handle(ctx, { input, taken, executor, calls })
    await handle({ type: 'start', now: init.clock.now() })
    let handled = 0
    let turnStart = init.clock.now()
    for (;;) {
      const next = this.#inputs.next()
      if (next === undefined) {
        await this.#inputs.wait(ctx)
        handled = 0
        turnStart = init.clock.now()
        continue
      }
      ctx.throwIfCanceled()
      try {
        await handle(next.input, next.taken)
      } finally {
        next.done()
      }
      handled += 1
      if (handled >= inputsPerTurn || init.clock.now() - turnStart >= turnMs) {
        await ctx.race(this.#yieldTurn())
        handled = 0
        turnStart = init.clock.now()
      }
    }
  }

  /** Waits for the block before the epoch, then takes over what is on disk. */
  async #start(ctx: Ctx): Promise<void> {
    const { store, scope: epochScope, blocks, signer } = this.#init
    const { firstBlock } = epochScope
    if (firstBlock > 0n && blocks.range.value.next < firstBlock) {
      await blocks.waitUntilPersisted(firstBlock - 1n, { signal: ctx.signal })
    }
    const validator = signer.publicKey
    const verified = this.#verified
    const persisted = await loadReplicaState({ store, scope: epochScope, validator, verified })
    this.#state = initialState({ config: this.#config, persisted, ...this.#blocks() })
    this.#pin()
  }

  #parts(tasks: Scope): {
    readonly init: ReplicaRunnerInit
    readonly calls: ExecutionCalls
    readonly executor: EffectExecutor
  } {
    const init = this.#init
    const { genesis, epoch } = init.scope
    const emit = (event: ReplicaEvent): void => {
      this.#emit(event)
    }
    const calls = new ExecutionCalls(
      {
        execution: init.execution,
        epochScope: init.scope,
        maxPayloadBytes: init.maxPayloadBytes,
        retryPauseMs: init.viewTimeoutMs * retryPausePart,
        payloadHashOf: (number) => this.#payloadHashOf(number),
        answer: (input) => {
          this.#inputs.push(input)
        },
        warn: (error) => {
          emit({ type: 'warning', error })
        },
      },
      tasks,
    )
    const executor = new EffectExecutor({
      epochScope: init.scope,
      key: { genesis, validator: init.signer.publicKey, epoch },
      store: init.store,
      blocks: init.blocks,
      clock: init.clock,
      inputs: this.#inputs,
      lane: this.#lane,
      checks: this.#checks,
      calls,
      verified: this.#verified,
      metrics: this.#metrics,
      logger: this.#logger,
      tasks,
      emit,
    })
    return { init, calls, executor }
  }

  async #handle(ctx: Ctx, { input, taken, executor, calls }: Handling): Promise<void> {
    const { state, effects } = step(this.#state, input)
    this.#state = state
    taken?.()
    this.#pin()
    calls.cancelMoot(state)
    for (const effect of effects) await executor.carryOut(ctx, effect)
    if (input.type === 'tick') this.#lane.retry((message) => viewOf(message).number < state.view)
    if (input.type === 'message') this.#measure(input.message, input.now, effects)
  }

  #measure(message: Signed, since: number, effects: readonly Effect[]): void {
    const rejected = effects.find((effect) => effect.type === 'rejected')
    const result = rejected?.rejection.code ?? 'OK'
    const ms = this.#init.clock.now() - since
    this.#metrics.messageProcessed(labelOf(message.msg), result, ms)
  }

  /** Keeps our own high QCs in the cache (rule 17). */
  #pin(): void {
    const { highCommitQc, highTimeoutQc } = this.#state
    if (this.#pinned[0] === highCommitQc && this.#pinned[1] === highTimeoutQc) return
    this.#pinned = [highCommitQc, highTimeoutQc]
    const qcs = [highCommitQc, highTimeoutQc].filter((qc) => qc !== undefined)
    this.#verified.pin(qcs.map((qc) => qcKey(qc, this.#init.scope)))
  }

  #send(message: Signed): void {
    try {
      this.#init.send(message)
    } catch (e) {
      this.#logger.error('send failed', { error: errorOf(e) })
    }
    this.#inputs.push({ type: 'message', message, carrier: 'self' })
  }

  #emit(event: ReplicaEvent): void {
    if (event.type === 'warning') this.#logger.warn(event.error.message, { error: event.error })
    try {
      this.#init.onEvent(event)
    } catch (e) {
      this.#logger.error('an event listener failed', { event: event.type, error: errorOf(e) })
    }
  }

  #blocks(): { readonly firstBlock: bigint; readonly nextBlock: bigint } {
    const { first, next } = this.#init.blocks.range.value
    const applied = this.#init.applied.value
    return { firstBlock: first, nextBlock: applied < next ? applied : next }
  }

  #watchBlocks(): () => void {
    const tell = (): void => {
      const { firstBlock, nextBlock } = this.#blocks()
      this.#inputs.setBlocks(firstBlock, nextBlock)
    }
    const ends = [this.#init.blocks.range.subscribe(tell), this.#init.applied.subscribe(tell)]
    return () => {
      for (const end of ends) end()
    }
  }

  #payloadHashOf(number: bigint): Uint8Array | undefined {
    const { last } = this.#init.blocks.range.value
    if (last?.type === 'final' && last.qc.message.proposal.number === number) {
      return Uint8Array.from(last.qc.message.proposal.payload)
    }
    const high = this.#state.highCommitQc?.message.proposal
    return high?.number === number ? Uint8Array.from(high.payload) : undefined
  }
}

/** An input, and the parts that its effects are carried out with. */
interface Handling {
  readonly input: Input
  readonly taken: (() => void) | undefined
  readonly executor: EffectExecutor
  readonly calls: ExecutionCalls
}
