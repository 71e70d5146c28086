import { errorOf, isCanceled, lazySignal, ZkStackError } from '@zkstack/concurrency'
import type { Clock, Ctx, Logger, Scope } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { qcKey } from '@zkstack/roles'
import type { EpochScope, FinalBlock, ReplicaState, VerifiedQcs } from '@zkstack/roles'
import { StorageError } from '@zkstack/storage'
import type { BlockQueue, ReplicaStateKey, ReplicaStateStore } from '@zkstack/storage'
import type { Effect } from '../chonky/effect.js'
import type { CheckLoop } from './check-loop.js'
import { ReplicaError } from './errors.js'
import type { ExecutionCalls } from './execution-calls.js'
import type { InputQueue } from './input-queue.js'
import type { ReplicaEvent } from './replica-event.js'
import type { ReplicaMetrics } from './replica-metrics.js'
import type { SigningLane } from './signing-lane.js'

/** The parts of a runner that effects are carried out with. */
export interface EffectExecutorInit {
  readonly epochScope: EpochScope
  readonly key: ReplicaStateKey
  readonly store: ReplicaStateStore
  readonly blocks: BlockQueue
  readonly clock: Clock
  readonly inputs: InputQueue
  readonly lane: SigningLane
  readonly checks: CheckLoop
  readonly calls: ExecutionCalls
  readonly verified: VerifiedQcs
  readonly metrics: ReplicaMetrics
  readonly logger: Logger
  readonly tasks: Scope
  emit(event: ReplicaEvent): void
  /** A state is on disk. */
  persisted(state: ReplicaState): void
}

/** Carries effects out one after the other; it decides nothing. */
export class EffectExecutor {
  readonly #init: EffectExecutorInit

  constructor(init: EffectExecutorInit) {
    this.#init = init
  }

  /**
   * Carries out one effect. What it returns, if anything, resolves when the next may follow: after a write, when it is on disk
   * (rule 22).
   *
   * @throws StorageError when a write failed, ReplicaError on `halt`, CanceledError on cancellation.
   */
  carryOut(ctx: Ctx, effect: Effect): Promise<void> | undefined {
    ctx.throwIfCanceled()
    if (effect.type === 'persist') return this.#persist(effect.state)
    if (effect.type === 'saveBlock') return this.#saveBlock(ctx, effect.block, effect.wait)
    this.#start(effect)
    return undefined
  }

  /** Effects that nothing waits for. */
  #start(effect: Exclude<Effect, WritingEffect>): void {
    const init = this.#init
    switch (effect.type) {
      case 'broadcast':
        if (effect.message.type === 'replicaCommit') init.metrics.voted(init.clock.now())
        return init.lane.submit(effect.message)
      case 'setTimer':
        return init.inputs.setTimer(effect.at)
      case 'propose':
        return init.calls.propose(effect)
      case 'verifyPayload':
        init.metrics.payloadJudged(effect.payload.length)
        return init.calls.verify(effect)
      case 'verify':
        return init.checks.push(effect)
      case 'qcFormed':
        return init.verified.add(qcKey(effect.qc, init.epochScope))
      case 'halt':
        throw new ReplicaError(effect.code, 'our own vote does not verify')
      default:
        return this.#report(effect)
    }
  }

  async #persist(state: ReplicaState): Promise<void> {
    try {
      await this.#init.store.save(this.#init.key, state)
      this.#init.persisted(state)
    } catch (e) {
      throw storageErrorOf(e, 'the replica state was not written')
    }
  }

  #saveBlock(ctx: Ctx, block: FinalBlock, wait: boolean): Promise<void> | undefined {
    if (wait) return this.#push(ctx, block)
    // With the context of all: one of its own would get a signal that nobody needs.
    this.#init.tasks.spawnBackground(() => this.#push(ctx, block))
    return undefined
  }

  async #push(ctx: Ctx, block: FinalBlock): Promise<void> {
    try {
      await this.#init.blocks.push(block, lazySignal(ctx))
    } catch (e) {
      throw storageErrorOf(e, `block ${block.number} was not written`)
    }
  }

  #report(effect: ReportingEffect): void {
    const { emit, metrics, clock, logger, epochScope } = this.#init
    const keyOf = (index: number): Uint8Array =>
      epochScope.schedule.validators[index]?.key ?? new Uint8Array()
    switch (effect.type) {
      case 'rejected': {
        const { label, author, view, rejection } = effect
        logger.debug('message rejected', { label, author, view, ...rejection })
        return
      }
      case 'blamed': {
        const key = keyOf(effect.validator)
        metrics.blamed(effect.rule)
        logger.warn('validator blamed', { key: toHex(key), rule: effect.rule })
        return emit({ type: 'misbehaved', key, rule: effect.rule })
      }
      case 'evidence': {
        const { type, conflict, key, first, second } = effect
        metrics.evidence(conflict)
        return emit({ type, conflict, key, first, second })
      }
      case 'finalized':
        metrics.finalized(effect.header.number, clock.now())
        return emit({ type: 'finalized', header: effect.header, view: effect.view })
      case 'viewEntered':
        metrics.viewEntered(effect.view, clock.now())
        return emit({ type: 'viewEntered', view: effect.view, leader: keyOf(effect.leader) })
      case 'viewTimedOut':
        metrics.viewTimedOut()
        return emit({ type: 'viewTimeout', view: effect.view, leader: keyOf(effect.leader) })
    }
  }
}

type WritingEffect = Extract<Effect, { type: 'persist' | 'saveBlock' }>

type ReportingEffect = Extract<
  Effect,
  { type: 'rejected' | 'blamed' | 'evidence' | 'finalized' | 'viewEntered' | 'viewTimedOut' }
>

/** A cancellation and an error with a code pass as they are; anything else is a write that failed. */
function storageErrorOf(e: unknown, message: string): Error {
  const cause = errorOf(e)
  if (isCanceled(cause) || cause instanceof StorageError) return cause
  if (cause instanceof ZkStackError) return new StorageError('STORE_IO', message, { cause })
  return new StorageError('STORE_IO', `${message}: ${cause.message}`, { cause })
}
