import {
  CanceledError,
  errorOf,
  isCanceled,
  lazySignal,
  type Clock,
  type Ctx,
} from '@zkstack/concurrency'
import type {
  CallOptions,
  ExecutionLayer,
  ProposeRequest,
  Verdict,
  VerifyRequest,
} from '@zkstack/storage'
import { NodeError } from './errors.js'
import { LinkedCtx } from './linked-ctx.js'
import type { RunningCalls } from './running-calls.js'

/** What the consensus asks of the execution layer. */
export type GuardedExecution = Pick<ExecutionLayer, 'propose' | 'verify'>

/** `done`: bytes or `ok`; `declined`: null or not `ok`; `failed`: it threw or broke its contract; `aborted`: too late, or not needed any more. */
export type GuardOutcome = 'done' | 'declined' | 'failed' | 'aborted'

/** What {@link guardExecution} takes. */
export interface GuardInit {
  readonly execution: GuardedExecution
  /** Lives as long as the node. */
  readonly life: Ctx
  /** Where the calls under way are noted. */
  readonly calls: RunningCalls
  /** What became of a call. */
  onOutcome(method: 'propose' | 'verify', outcome: GuardOutcome, tookMs: number): void
}

/** Calls that ignore their abort signal and still run, at most; above it the execution layer is asked no more. */
const MAX_STUCK_CALLS = 4

/**
 * Holds the execution layer to its contract, in front of the replica, which aborts calls at the view's deadline,
 * repeats those that fail with a `RetryableError`, and reports what fails otherwise as a warning.
 *
 * A call ends when its signal aborts, heeded or not. An answer that breaks the contract and an error that is not
 * to be retried become one {@link NodeError} that says what to do: `PROPOSE_FAILED`, `PROPOSE_OVERSIZED`,
 * `VERIFY_FAILED`, `EXECUTION_STUCK`.
 */
export function guardExecution(o: GuardInit): GuardedExecution {
  const guard = new ExecutionGuard(o)
  return {
    propose: (p, call) => guard.propose(p, call),
    verify: (p, call) => guard.verify(p, call),
  }
}

class ExecutionGuard implements GuardedExecution {
  readonly #o: GuardInit
  readonly #clock: Clock
  #stuck = 0

  constructor(o: GuardInit) {
    this.#o = o
    this.#clock = o.life.clock
  }

  propose(p: ProposeRequest, call: CallOptions): Promise<Uint8Array | null> {
    const what = `execution.propose of block ${p.number} in view ${p.view}`
    return this.#ask('propose', what, call, {
      call: (o) => this.#o.calls.note('propose', p.number, () => this.#o.execution.propose(p, o)),
      check: (payload) => checkProposal(payload, p.maxBytes, what),
      isDone: (payload) => payload !== null,
    })
  }

  verify(p: VerifyRequest, call: CallOptions): Promise<Verdict> {
    const what = `execution.verify of block ${p.number}`
    return this.#ask('verify', what, call, {
      call: (o) => this.#o.calls.note('verify', p.number, () => this.#o.execution.verify(p, o)),
      check: (verdict) => checkVerdict(verdict, what),
      isDone: (verdict) => verdict.ok,
    })
  }

  #ask<T>(method: Method, what: string, o: CallOptions, ask: Ask<T>): Promise<T> {
    const startedAt = this.#clock.now()
    const report = (outcome: GuardOutcome): void => {
      this.#o.onOutcome(method, outcome, this.#clock.now() - startedAt)
    }
    const ctx = new LinkedCtx(this.#o.life, o)
    const end = (answer: () => T): T => {
      try {
        const value = answer()
        ask.check(value)
        report(ask.isDone(value) ? 'done' : 'declined')
        return value
      } catch (e) {
        report(ctx.canceled ? 'aborted' : 'failed')
        if (ctx.canceled || isRetryable(e) || e instanceof NodeError) throw e
        throw thrownError(method, what, errorOf(e))
      } finally {
        ctx[Symbol.dispose]()
      }
    }
    return this.#call(ctx, what, ask).then(
      (answer) => end(() => answer),
      (e: unknown) =>
        end(() => {
          throw e
        }),
    )
  }

  /** What the execution layer answers, or the cancellation, whichever comes first. */
  #call<T>(ctx: LinkedCtx, what: string, ask: Ask<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#stuck >= MAX_STUCK_CALLS) throw stuckError(what, this.#stuck)
      ctx.throwIfCanceled()
      let waiting = true
      const ended = (): void => {
        if (!waiting) this.#stuck -= 1
        waiting = false
      }
      ask.call(lazySignal(ctx)).then(
        (answer) => {
          ended()
          resolve(answer)
        },
        (e: unknown) => {
          ended()
          reject(errorOf(e))
        },
      )
      ctx.onCancel(() => {
        if (!waiting) return
        waiting = false
        this.#stuck += 1
        reject(ctx.reason ?? new CanceledError())
      })
    })
  }
}

type Method = 'propose' | 'verify'

interface Ask<T> {
  call(o: CallOptions): Promise<T>
  /** @throws NodeError for an answer that breaks the contract. */
  check(answer: T): void
  isDone(answer: T): boolean
}

function checkProposal(payload: unknown, maxBytes: number, what: string): void {
  if (payload === null) return
  if (!(payload instanceof Uint8Array)) {
    throw new NodeError(
      'PROPOSE_FAILED',
      `${what} gave neither bytes nor null: the view is skipped. Return a Uint8Array, or null for nothing to propose.`,
    )
  }
  if (payload.length <= maxBytes) return
  throw new NodeError(
    'PROPOSE_OVERSIZED',
    `${what} gave ${payload.length} bytes, the limit is ${maxBytes}: the view is skipped. Build a payload of at most maxBytes, or raise limits.maxPayloadBytes on every node.`,
  )
}

function checkVerdict(verdict: unknown, what: string): void {
  if (typeof verdict === 'object' && verdict !== null && 'ok' in verdict) return
  throw new NodeError(
    'VERIFY_FAILED',
    `${what} gave no verdict: no vote in this view. Return { ok: true } or { ok: false, reason }.`,
  )
}

function thrownError(method: Method, what: string, cause: Error): NodeError {
  if (isCanceled(cause)) {
    return new NodeError(
      method === 'propose' ? 'PROPOSE_FAILED' : 'VERIFY_FAILED',
      `${what} gave up although its signal was not aborted. Throw an AbortError only then.`,
      { cause },
    )
  }
  return method === 'propose'
    ? new NodeError(
        'PROPOSE_FAILED',
        `${what} threw: ${cause.message}; the view is skipped. Throw a RetryableError if another try helps.`,
        { cause },
      )
    : new NodeError(
        'VERIFY_FAILED',
        `${what} threw: ${cause.message}; no vote in this view. Return { ok: false, reason } for an invalid payload; throw a RetryableError if another try helps.`,
        { cause },
      )
}

function stuckError(what: string, calls: number): NodeError {
  return new NodeError(
    'EXECUTION_STUCK',
    `${what} was not asked for: ${calls} earlier calls ignore their abort signal and still run. Heed the signal.`,
  )
}

/** By code, so that an error of another copy of the library counts too. */
export function isRetryable(e: unknown): boolean {
  return e instanceof Error && 'code' in e && e.code === 'RETRYABLE'
}
