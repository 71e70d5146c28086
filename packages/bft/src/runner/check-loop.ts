import type { Ctx } from '@zkstack/concurrency'
import type { CheckResult } from '../chonky/check.js'
import { CheckQueue } from './check-queue.js'
import type { QueuedCheck } from './check-queue.js'
import { runCheck } from './verifier.js'
import type { VerifierContext } from './verifier.js'

/** What the loop asks and tells. */
export interface CheckLoopInit extends VerifierContext {
  /** Whether a check is still worth its time. */
  review(id: number): 'run' | 'pass' | 'drop'
  answer(id: number, result: CheckResult, verdict: 'run' | 'pass' | 'drop'): void
  yieldTurn(): Promise<void>
}

/**
 * Runs checks one at a time beside the state machine (rule 13). After every pairing it gives the event loop a turn and asks
 * again whether the check matters: a view that ended meanwhile costs at most the pairing that was running.
 */
export class CheckLoop {
  readonly #init: CheckLoopInit
  readonly #queue = new CheckQueue()
  #running = 0
  #wake = (): void => undefined

  constructor(init: CheckLoopInit) {
    this.#init = init
  }

  /** Checks that wait or run. */
  get size(): number {
    return this.#queue.size + this.#running
  }

  push(check: QueuedCheck): void {
    this.#queue.push(check)
    this.#wake()
  }

  /** Runs until cancellation. */
  async run(ctx: Ctx): Promise<never> {
    for (;;) {
      const next = this.#queue.shift()
      if (next === undefined) {
        await this.#wait(ctx)
        continue
      }
      this.#running = 1
      await this.#check(ctx, next)
      this.#running = 0
    }
  }

  async #check(ctx: Ctx, { id, check }: QueuedCheck): Promise<void> {
    const { review, answer, yieldTurn } = this.#init
    const work = runCheck(check, this.#init)
    for (;;) {
      ctx.throwIfCanceled()
      const verdict = review(id)
      if (verdict === 'drop') return answer(id, { type: 'moot' }, verdict)
      if (verdict === 'pass') return answer(id, { type: 'message', outcome: 'valid' }, verdict)
      const { done, value } = work.next()
      if (done === true) return answer(id, value, verdict)
      await yieldTurn()
    }
  }

  async #wait(ctx: Ctx): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    await ctx.race(woken)
  }
}
