import type { Ctx } from '@zkstack/concurrency'
import type { AggregateCheck } from '@zkstack/crypto'
import type { CheckResult } from '../chonky/check.js'
import { CheckQueue } from './check-queue.js'
import type { QueuedCheck } from './check-queue.js'
import { runCheck } from './verifier.js'
import type { VerifierContext } from './verifier.js'
import { Wakeup } from './wakeup.js'

/** What the loop asks and tells. */
export interface CheckLoopInit extends VerifierContext {
  /** Whether a check is still worth its time. */
  review(id: number): 'run' | 'pass' | 'drop'
  /** Resolves when the state machine has taken the answer. */
  answer(id: number, result: CheckResult, verdict: 'run' | 'pass' | 'drop'): Promise<void>
  /** The verdict on an aggregate; gives the event loop a turn. */
  verifyAggregate(check: AggregateCheck): Promise<boolean>
}

/** Answers to checks that are not run. */
const skipped = {
  pass: { type: 'message', outcome: 'valid' },
  drop: { type: 'moot' },
} as const

/**
 * Runs checks one at a time beside the state machine (rule 13). After every pairing it gives the event loop a turn and asks
 * again whether the check matters, and no check begins before the answer to the last was taken: a view that ended meanwhile
 * costs at most the pairing that was running.
 */
export class CheckLoop {
  readonly #init: CheckLoopInit
  readonly #queue = new CheckQueue()
  #running = 0
  readonly #wakeup = new Wakeup()

  constructor(init: CheckLoopInit) {
    this.#init = init
  }

  /** Checks that wait or run. */
  get size(): number {
    return this.#queue.size + this.#running
  }

  push(check: QueuedCheck): void {
    this.#queue.push(check)
    this.#wakeup.wake()
  }

  /** Runs until cancellation. */
  async run(ctx: Ctx): Promise<never> {
    ctx.onCancel(() => {
      this.#wakeup.wake()
    })
    for (;;) {
      ctx.throwIfCanceled()
      const next = this.#queue.shift()
      if (next === undefined) {
        await this.#wakeup.wait()
        continue
      }
      this.#running = 1
      await this.#check(ctx, next)
      this.#running = 0
    }
  }

  async #check(ctx: Ctx, { id, check }: QueuedCheck): Promise<void> {
    const { review, answer, verifyAggregate } = this.#init
    const work = runCheck(check, this.#init)
    // What the first step resumes with is ignored.
    for (let valid = false; ;) {
      ctx.throwIfCanceled()
      const verdict = review(id)
      if (verdict !== 'run') return ctx.race(answer(id, skipped[verdict], verdict))
      const { done, value } = work.next(valid)
      if (done === true) return ctx.race(answer(id, value, verdict))
      valid = await ctx.race(verifyAggregate(value))
    }
  }
}
