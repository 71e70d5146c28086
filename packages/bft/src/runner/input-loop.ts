import { errorOf, type Clock, type Ctx } from '@zkstack/concurrency'
import type { InputQueue, NextInput } from './input-queue.js'
import { TurnBudget } from './turn-budget.js'

/** What an {@link InputLoop} works with. */
export interface InputLoopInit {
  readonly clock: Clock
  readonly inputs: InputQueue
  /** Handles an input; what it returns, if anything, resolves when the next one may follow. */
  handle(next: NextInput): Promise<void> | undefined
  /** Looked at before every input. @throws what ends the loop. */
  check(): void
  yieldTurn(): Promise<void>
}

/** What is chained to it comes after everything that runs now. */
const settled = Promise.resolve()

/**
 * Takes inputs one after another, each only when everything that the last one asked for is done. An input before which nothing
 * waits is handled where it comes from, without a promise.
 */
export class InputLoop {
  readonly #init: InputLoopInit
  readonly #budget: TurnBudget
  #ctx: Ctx | undefined
  #end: (error: unknown) => void = () => undefined
  /** Before the loop begins, while it handles something, and for ever when it has ended. */
  #isBusy = true

  constructor(init: InputLoopInit) {
    this.#init = init
    this.#budget = new TurnBudget(init.clock)
  }

  /** Runs until cancellation. @throws what `handle` and `check` throw. */
  run(ctx: Ctx): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#end = reject
      this.#ctx = ctx
      this.#isBusy = false
      const turn = (): void => {
        this.#turn()
      }
      this.#init.inputs.onMessage = turn
      this.#init.inputs.onOwn = () => {
        // Whoever causes an input has not come to its end.
        if (!this.#isBusy) settled.then(turn, turn)
      }
      ctx.onCancel(turn)
      turn()
    })
  }

  /** Handles what waits, unless that is being done. */
  #turn(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    this.#budget.renew()
    this.#go()
  }

  #go(): void {
    try {
      const waits = this.#take()
      if (waits === undefined) this.#isBusy = false
      else waits.then(() => this.#go(), this.#end)
    } catch (e) {
      this.#end(e)
    }
  }

  /** Goes on until nothing is left, or something has to be waited for. */
  #take(): Promise<void> | undefined {
    const { inputs, check, yieldTurn } = this.#init
    for (;;) {
      this.#ctx?.throwIfCanceled()
      check()
      const next = inputs.next()
      if (next === undefined) return undefined
      const waits = this.#handle(next)
      if (waits !== undefined) return waits
      if (this.#budget.spend()) return this.#yield(yieldTurn())
    }
  }

  #handle(next: NextInput): Promise<void> | undefined {
    let waits: Promise<void> | undefined
    try {
      waits = this.#init.handle(next)
    } finally {
      if (waits === undefined) next.done()
    }
    return waits?.then(
      () => {
        next.done()
        return this.#budget.spend() ? this.#yield(this.#init.yieldTurn()) : undefined
      },
      (e: unknown) => {
        next.done()
        throw errorOf(e)
      },
    )
  }

  async #yield(turn: Promise<void>): Promise<void> {
    await (this.#ctx?.race(turn) ?? turn)
    this.#budget.renew()
  }
}
