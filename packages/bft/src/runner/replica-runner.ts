import {
  errorOf,
  isCanceled,
  scope,
  silentLogger,
  silentMetrics,
  yieldTurn,
} from '@zkstack/concurrency'
import type { Ctx, Logger, Scope } from '@zkstack/concurrency'
import type { AggregateCheck } from '@zkstack/crypto'
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
import type { Transition } from '../chonky/turn.js'
import { InvariantWatch } from './invariant-watch.js'
import { InputRecorder } from '../recording/input-recorder.js'
import { Activity } from './activity.js'
import { CheckLoop } from './check-loop.js'
import { EffectExecutor } from './effect-executor.js'
import { ReplicaError, ReplicaWarning } from './errors.js'
import { ExecutionCalls } from './execution-calls.js'
import { InputLoop } from './input-loop.js'
import { InputQueue } from './input-queue.js'
import type { KnownBlocks, NextInput } from './input-queue.js'
import { loadReplicaState } from './load-replica-state.js'
import type { ReplicaEvent } from './replica-event.js'
import { ReplicaMetrics } from './replica-metrics.js'
import type { ReplicaRunner, ReplicaRunnerInit, ReplicaSnapshot } from './replica-runner-init.js'
import { SigningLane } from './signing-lane.js'
import { VerifiedQcCache } from './verified-qc-cache.js'
import { ViewTrace } from './view-trace.js'

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
  readonly #watch: InvariantWatch
  readonly #activity: Activity
  readonly #recorder: InputRecorder | undefined
  readonly #trace: ViewTrace | undefined
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
    this.#activity = new Activity(schedule.length)
    this.#recorder =
      init.recording &&
      new InputRecorder(init.recording, init.clock, ({ message, cause }) => {
        const error = new ReplicaWarning(
          'RECORDING_FAILED',
          `nothing more is recorded: ${message}`,
          { cause },
        )
        this.#emit({ type: 'warning', error })
      })
    const { tracer } = init
    this.#trace =
      tracer &&
      new ViewTrace({
        tracer,
        scope: init.scope,
        onFailure: (e) => {
          this.#logger.error('the tracer failed; nothing more is traced', { error: errorOf(e) })
        },
      })
    this.#watch = new InvariantWatch((violation) => {
      this.#metrics.invariantBroken(violation.code)
      this.#emit({ type: 'invariant', violation })
    })
    this.#lane = new SigningLane({
      signer: init.signer,
      scheme: schedule.scheme,
      timeoutMs: init.viewTimeoutMs,
      yieldTurn: this.#yieldTurn,
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
      answer: (id, { result, review }, taken) => {
        this.#metrics.checkReviewed(review)
        this.#inputs.push({ type: 'verified', id, result }, taken)
      },
      verifyAggregate: (check) => this.#verifyAggregate(check),
    })
  }

  /** Where the owner says; else here, with a turn of the event loop afterwards. */
  #verifyAggregate(check: AggregateCheck): Promise<boolean> {
    const { scheme } = this.#init.scope.schedule
    if (this.#init.verifyAggregate) return this.#init.verifyAggregate(scheme, check)
    const valid = scheme.verifyAggregate(check.claims, check.aggregate)
    return this.#yieldTurn().then(() => valid)
  }

  deliver(message: Signed, carrier: Uint8Array | undefined): Promise<void> | undefined {
    if (this.#status === 'stopped' || this.#status === 'failed') return undefined
    const index = carrier === undefined ? undefined : this.#init.scope.schedule.indexOf(carrier)
    if (index !== undefined) this.#activity.heard(index, this.#init.clock.now())
    return this.#inputs.deliver(message, index)
  }

  snapshot(): ReplicaSnapshot {
    return {
      status: this.#status,
      ...diagnose(this.#state),
      queuedMessages: this.#inputs.messages,
      queuedChecks: this.#checks.size,
      unsigned: this.#lane.unsigned,
      signing: this.#lane.signing,
      ...this.#activity.snapshot(),
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
      this.#trace?.close()
      this.#inputs.close()
    }
  }

  async #run(ctx: Ctx, tasks: Scope): Promise<never> {
    await this.#start(ctx)
    const calls = this.#createCalls(ctx)
    const executor = this.#createExecutor(tasks, calls)
    tasks.spawnBackground((task) => this.#lane.run(task))
    tasks.spawnBackground((task) => this.#checks.run(task))
    this.#inputs.push({ type: 'start' })
    const loop = new InputLoop({
      clock: this.#init.clock,
      inputs: this.#inputs,
      handle: (next) => this.#handle(ctx, next, { executor, calls }),
      check: () => {
        this.#watch.throwIfBroken()
      },
      yieldTurn: this.#yieldTurn,
    })
    return loop.run(ctx)
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
    this.#watch.begin(persisted)
    this.#observeTip()
    this.#pin()
  }

  #createCalls(ctx: Ctx): ExecutionCalls {
    const init = this.#init
    return new ExecutionCalls(
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
          this.#emit({ type: 'warning', error })
        },
      },
      ctx,
    )
  }

  #createExecutor(tasks: Scope, calls: ExecutionCalls): EffectExecutor {
    const { scope: epochScope, signer, store, blocks, clock } = this.#init
    const { genesis, epoch } = epochScope
    return new EffectExecutor({
      epochScope,
      key: { genesis, validator: signer.publicKey, epoch },
      store,
      blocks,
      clock,
      inputs: this.#inputs,
      lane: this.#lane,
      checks: this.#checks,
      calls,
      verified: this.#verified,
      metrics: this.#metrics,
      logger: this.#logger,
      tasks,
      emit: (event) => {
        this.#emit(event)
      },
      begins: (effect) => {
        this.#activity.begin(effect, clock.now())
        return this.#trace?.writing(effect)
      },
      persisted: (state) => {
        this.#watch.observe({ type: 'persisted', state })
      },
    })
  }

  /** What it returns, if anything, resolves when all effects were carried out. */
  #handle(ctx: Ctx, { input, taken }: NextInput, parts: Parts): Promise<void> | undefined {
    const before = this.#state
    const { state, effects } = this.#step(before, input)
    this.#watch.observe({ type: 'step', before, input, after: state })
    this.#watch.throwIfBroken()
    this.#state = state
    taken()
    this.#pin()
    parts.calls.cancelMoot(state)
    this.#activity.handled(before, input, state)
    this.#trace?.handled(state, input, effects)
    const handled = (): undefined => {
      this.#activity.end()
      if (input.type === 'tick') this.#lane.retry((message) => viewOf(message).number < state.view)
      if (input.type === 'message') this.#measure(input.message, input.now, effects)
      return undefined
    }
    const waits = parts.executor.carryOut(ctx, effects)
    return waits === undefined ? handled() : waits.then(handled)
  }

  /** The state machine, recorded if somebody wants that. */
  #step(before: ChonkyState, input: Input): Transition {
    let transition: Transition | undefined
    try {
      transition = step(before, input)
      return transition
    } finally {
      this.#recorder?.record(before, input, transition?.state)
    }
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
    if (!this.#watch.observe({ type: 'sending', message })) {
      // Wakes the loop, which ends the replica.
      this.#inputs.push({ type: 'tick' })
      return
    }
    try {
      this.#init.send(message)
    } catch (e) {
      this.#logger.error('send failed', { error: errorOf(e) })
    }
    this.#inputs.push({ type: 'message', message, carrier: 'self' })
  }

  #emit(event: ReplicaEvent): void {
    try {
      this.#init.onEvent(event)
    } catch (e) {
      this.#logger.error('an event listener failed', { event: event.type, error: errorOf(e) })
    }
  }

  #blocks(): KnownBlocks {
    const { first, next } = this.#init.blocks.range.value
    const applied = this.#init.applied.value
    const lastBlock = this.#init.lastBlock?.value
    return { firstBlock: first, nextBlock: applied < next ? applied : next, lastBlock }
  }

  #watchBlocks(): () => void {
    const tell = (): void => {
      this.#observeTip()
      this.#inputs.setBlocks(this.#blocks())
    }
    const { blocks, applied, lastBlock } = this.#init
    const ends = [blocks.range, applied, lastBlock].flatMap((known) => known?.subscribe(tell) ?? [])
    return () => {
      for (const end of ends) end()
    }
  }

  #observeTip(): void {
    const { last } = this.#init.blocks.range.value
    if (last?.type !== 'final') return
    this.#watch.observe({ type: 'stored', header: last.qc.message.proposal, qc: last.qc })
  }

  #payloadHashOf(number: bigint): Uint8Array | undefined {
    const { last } = this.#init.blocks.range.value
    if (last?.type === 'final' && last.qc.message.proposal.number === number) {
      return new Uint8Array(last.qc.message.proposal.payload)
    }
    const high = this.#state.highCommitQc?.message.proposal
    return high?.number === number ? new Uint8Array(high.payload) : undefined
  }
}

/** What effects are carried out with. */
interface Parts {
  readonly executor: EffectExecutor
  readonly calls: ExecutionCalls
}
