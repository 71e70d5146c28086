import { errorOf, isCanceled, ZkStackError } from '@zkstack/concurrency'
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
  /** An effect is about to be carried out; the result is called when it was. */
  begins(effect: Effect): (() => void) | undefined
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
   * Carries out effects, each when the one before was: a write, when it is on disk (rule 22). What it returns, if anything, resolves
   * when all were. A block and the state that follows are written together where the store can.
   *
   * @throws StorageError when a write failed, ReplicaError on `halt`, CanceledError on cancellation.
   */
  carryOut(ctx: Ctx, effects: readonly Effect[], from = 0): Promise<void> | undefined {
    for (let at = from; at < effects.length; at++) {
      const effect = effects[at]
      if (effect === undefined) return undefined
      ctx.throwIfCanceled()
      const ended = this.#init.begins(effect)
      const next = effects[at + 1]
      const state = isWaiting(effect) && next?.type === 'persist' ? next.state : undefined
      const waits = this.#carryOut(ctx, effect, state)
      if (state !== undefined) at += 1
      if (waits !== undefined) {
        return waits.then(() => {
          ended?.()
          return this.carryOut(ctx, effects, at + 1)
        })
      }
      ended?.()
    }
    return undefined
  }

  /** @param state to be saved after the block that the effect saves. */
  #carryOut(ctx: Ctx, effect: Effect, state: ReplicaState | undefined): Promise<void> | undefined {
    if (effect.type === 'persist') return this.#persist(effect.state)
    if (effect.type === 'saveBlock') {
      if (effect.wait) return this.#push(ctx, effect.block, state)
      // With the context of all: one of its own would get a signal that nobody needs.
      this.#init.tasks.spawnBackground(() => this.#push(ctx, effect.block, undefined))
      return undefined
    }
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

  async #push(ctx: Ctx, block: FinalBlock, state: ReplicaState | undefined): Promise<void> {
    const { blocks, key, persisted } = this.#init
    let isSaved = false
    try {
      if (state === undefined) await blocks.push(block, ctx)
      else isSaved = await blocks.pushWithState(block, { key, state }, ctx)
    } catch (e) {
      throw storageErrorOf(e, `block ${block.number} was not written`)
    }
    if (state === undefined) return
    ctx.throwIfCanceled()
    if (isSaved) {
      persisted(state)
      return
    }
    const ended = this.#init.begins({ type: 'persist', state })
    await this.#persist(state)
    ended?.()
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

function isWaiting(effect: Effect): boolean {
  return effect.type === 'saveBlock' && effect.wait
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
