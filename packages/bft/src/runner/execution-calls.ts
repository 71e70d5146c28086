import { errorOf, lazySignal } from '@zkstack/concurrency'
import type { Ctx } from '@zkstack/concurrency'
import type { EpochScope } from '@zkstack/roles'
import type { ExecutionLayer } from '@zkstack/storage'
import type { ProposeEffect, VerifyPayloadEffect } from '../chonky/effect.js'
import { isPayloadAwaited, isVerdictAwaited } from '../chonky/awaited.js'
import type { ChonkyState } from '../chonky/state.js'
import { ReplicaWarning } from './errors.js'
import type { ReplicaWarningCode } from './errors.js'
import type { UntimedInput } from './input-queue.js'

/** What the calls are made with. */
export interface ExecutionCallsInit {
  readonly execution: Pick<ExecutionLayer, 'propose' | 'verify'>
  readonly epochScope: EpochScope
  readonly maxPayloadBytes: number
  /** Pause before a `RetryableError` is answered by the second and last attempt, in milliseconds. */
  readonly retryPauseMs: number
  /** Hash of the payload of block `number`, if at hand. */
  payloadHashOf(number: bigint): Uint8Array | undefined
  answer(input: UntimedInput): void
  warn(warning: ReplicaWarning): void
}

interface Call {
  readonly isAwaited: (state: ChonkyState) => boolean
  readonly ctx: Ctx
  moot: boolean
}

/**
 * Calls to the execution layer, beside the state machine's loop: at most one `propose` and one `verify` at a time. A call
 * ends with the view's deadline, or when its answer no longer matters; whoever ignores the signal is left behind.
 */
export class ExecutionCalls {
  readonly #init: ExecutionCallsInit
  readonly #life: Ctx
  readonly #calls = new Set<Call>()

  /** @param life no call outlives it. */
  constructor(init: ExecutionCallsInit, life: Ctx) {
    this.#init = init
    this.#life = life
  }

  /** Cancels the calls whose answers the state machine no longer waits for. */
  cancelMoot(state: ChonkyState): void {
    for (const call of this.#calls) {
      if (call.isAwaited(state) || call.moot) continue
      call.moot = true
      call.ctx.cancel()
    }
  }

  /** Asks for a payload; no usable answer means: nothing to propose. */
  propose({ view, number, deadline }: ProposeEffect): void {
    const { execution, epochScope, maxPayloadBytes, answer, warn } = this.#init
    this.#start({
      deadline,
      isAwaited: (state) => isPayloadAwaited(state, view),
      failed: 'PROPOSE_FAILED',
      attempt: async (ctx) => {
        const parentHash = this.#init.payloadHashOf(number - 1n)
        const payload = await execution.propose(
          {
            number,
            epoch: epochScope.epoch,
            view,
            ...(parentHash === undefined ? {} : { parentHash }),
            maxBytes: maxPayloadBytes,
            deadline: new Date(ctx.clock.nowUtc() + deadline - ctx.clock.now()),
          },
          lazySignal(ctx),
        )
        if (payload === null) return undefined
        if (!(payload instanceof Uint8Array)) throw new Error('propose returned no Uint8Array')
        return new Uint8Array(payload)
      },
      done: (payload) => {
        const tooLong = payload !== undefined && payload.length > maxPayloadBytes
        if (tooLong) {
          const sizes = `${payload.length} bytes, at most ${maxPayloadBytes} are allowed`
          warn(new ReplicaWarning('PROPOSE_OVERSIZED', `payload of block ${number}: ${sizes}`))
        }
        answer({ type: 'payloadProposed', view, payload: tooLong ? undefined : payload })
      },
      gaveUp: () => {
        answer({ type: 'payloadProposed', view, payload: undefined })
      },
    })
  }

  /** Asks for a verdict; no usable answer means: no vote. */
  verify({ view, number, payload, hash, leader, deadline }: VerifyPayloadEffect): void {
    const { execution, epochScope, answer } = this.#init
    const leaderKey = epochScope.schedule.validators[leader]?.key ?? new Uint8Array()
    this.#start({
      deadline,
      isAwaited: (state) => isVerdictAwaited(state, view, hash),
      failed: 'VERIFY_FAILED',
      attempt: async (ctx) => {
        const verdict = await execution.verify(
          {
            number,
            epoch: epochScope.epoch,
            payload: new Uint8Array(payload),
            leader: new Uint8Array(leaderKey),
          },
          lazySignal(ctx),
        )
        return verdict.ok === true
          ? ({ ok: true } as const)
          : ({ ok: false, reason: String(verdict.reason) } as const)
      },
      done: (verdict) => {
        answer({ type: 'payloadVerified', view, hash, verdict })
      },
      gaveUp: (reason) => {
        answer({ type: 'payloadVerified', view, hash, verdict: { ok: false, reason } })
      },
    })
  }

  #start<T>(o: CallOptions<T>): void {
    const ctx = this.#life.child({ deadline: o.deadline })
    const call: Call = { isAwaited: o.isAwaited, ctx, moot: false }
    this.#calls.add(call)
    ctx.onCancel(() => {
      this.#gaveUp(call, o, ctx.reason)
    })
    this.#ask(call, o, (e) => {
      this.#retry(call, o, e)
    })
  }

  #ask<T>(call: Call, o: CallOptions<T>, failed: (e: unknown) => void): void {
    o.attempt(call.ctx).then((answer) => {
      if (this.#end(call)) o.done(answer)
    }, failed)
  }

  /** Once more, if the execution layer asks for it. */
  #retry<T>(call: Call, o: CallOptions<T>, cause: unknown): void {
    const failed = (e: unknown): void => {
      this.#gaveUp(call, o, e)
    }
    if (!isRetryable(cause)) {
      failed(cause)
      return
    }
    call.ctx.sleep(this.#init.retryPauseMs).then(() => {
      this.#ask(call, o, failed)
    }, failed)
  }

  #gaveUp<T>(call: Call, o: CallOptions<T>, cause: unknown): void {
    if (!this.#end(call) || this.#life.canceled) return
    if (this.#life.clock.now() >= o.deadline) this.#warn('EXECUTION_LATE', cause)
    else if (!call.moot) this.#warn(o.failed, cause)
    if (!call.moot) o.gaveUp(errorOf(cause).message)
  }

  /** False when the call has ended before: nobody waits for its answer. */
  #end(call: Call): boolean {
    if (!this.#calls.delete(call)) return false
    call.ctx[Symbol.dispose]()
    return true
  }

  #warn(code: ReplicaWarningCode, cause: unknown): void {
    this.#init.warn(new ReplicaWarning(code, errorOf(cause).message, { cause }))
  }
}

interface CallOptions<T> {
  readonly deadline: number
  readonly isAwaited: (state: ChonkyState) => boolean
  readonly failed: ReplicaWarningCode
  readonly attempt: (ctx: Ctx) => Promise<T>
  readonly done: (value: T) => void
  readonly gaveUp: (reason: string) => void
}

/** By code, so that an error of another copy of the library counts too. */
function isRetryable(e: unknown): boolean {
  return e instanceof Error && 'code' in e && e.code === 'RETRYABLE'
}
