import { CanceledError, type Ctx } from '@zkstack/concurrency'
import type { AggregateCheck } from '@zkstack/crypto'
import type { CheckResult } from '../chonky/check.js'
import { CheckQueue } from './check-queue.js'
import type { QueuedCheck } from './check-queue.js'
import { runCheck } from './verifier.js'
import type { VerifierContext } from './verifier.js'

/** What the loop asks and tells. */
export interface CheckLoopInit extends VerifierContext {
  /** Whether a check is still worth its time. */
  review(id: number): Review
  /** Hands over an answer; `taken` is called when the state machine has taken it. */
  answer(id: number, answer: CheckAnswer, taken: () => void): void
  /** The verdict on an aggregate; gives the event loop a turn. */
  verifyAggregate(check: AggregateCheck): Promise<boolean>
}

/** Whether a check is run, taken for passed, or dropped. */
export type Review = 'run' | 'pass' | 'drop'

/** What came out of a check, and how it was reviewed last. */
export interface CheckAnswer {
  readonly result: CheckResult
  readonly review: Review
}

/** Answers to checks that are not run. */
const skipped = {
  pass: { type: 'message', outcome: 'valid' },
  drop: { type: 'moot' },
} as const

/** What is chained to it comes after everything that runs now. */
const settled = Promise.resolve()

interface RunningCheck {
  readonly id: number
  readonly work: ReturnType<typeof runCheck>
}

/**
 * Runs checks one at a time beside the state machine (rule 13). After every pairing it gives the event loop a turn and asks
 * again whether the check matters, and no check begins before the answer to the last was taken: a view that ended meanwhile
 * costs at most the pairing that was running.
 */
export class CheckLoop {
  readonly #init: CheckLoopInit
  readonly #queue = new CheckQueue()
  #ctx: Ctx | undefined
  #end: (error: unknown) => void = () => undefined
  #running: RunningCheck | undefined
  /** From the moment at which a check is due until its answer was taken. */
  #isBusy = false

  constructor(init: CheckLoopInit) {
    this.#init = init
  }

  /** Checks that wait or run. */
  get size(): number {
    return this.#queue.size + (this.#running === undefined ? 0 : 1)
  }

  push(check: QueuedCheck): void {
    this.#queue.push(check)
    this.#wake()
  }

  /** Runs until cancellation. @throws what a check throws. */
  run(ctx: Ctx): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#ctx = ctx
      this.#end = reject
      ctx.onCancel(() => {
        reject(ctx.reason ?? new CanceledError())
      })
      this.#wake()
    })
  }

  /** The next check begins once everything that runs now is done: whoever causes one has not come to its end. */
  #wake(): void {
    if (this.#isBusy || this.#ctx === undefined || this.#queue.size === 0) return
    this.#isBusy = true
    settled.then(this.#begin, this.#end)
  }

  readonly #begin = (): void => {
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#running = { id: next.id, work: runCheck(next.check, this.#init) }
    // What the first step resumes with is ignored.
    this.#goOn(this.#running, false)
  }

  /** Runs a check up to the next pairing, or to its end. */
  #goOn(check: RunningCheck, valid: boolean): void {
    if (this.#ctx?.canceled !== false) return
    const { id, work } = check
    try {
      const review = this.#init.review(id)
      if (review !== 'run') {
        this.#answer(id, { result: skipped[review], review })
        return
      }
      const { done, value } = work.next(valid)
      if (done === true) this.#answer(id, { result: value, review })
      else
        this.#init.verifyAggregate(value).then((isValid) => this.#goOn(check, isValid), this.#end)
    } catch (e) {
      this.#end(e)
    }
  }

  #answer(id: number, answer: CheckAnswer): void {
    this.#init.answer(id, answer, () => {
      this.#running = undefined
      this.#isBusy = false
      this.#wake()
    })
  }
}
