import type { Ctx } from './ctx.js'
import { CanceledError, errorOf, isCanceled, isProgrammingError } from './errors.js'

/** A running task of a scope. */
export interface Task<T> {
  /**
   * Waits for the task's result.
   *
   * @throws CanceledError when the task failed (its error is the scope's to report) or was canceled.
   */
  join(): Promise<T>
}

/** What the body of a {@link scope} starts tasks with. */
export interface Scope {
  /**
   * Starts a main task: the scope's context lives while one of them runs. It starts even when the scope is canceled already.
   *
   * @throws TypeError when the scope has ended.
   */
  spawn<T>(task: (ctx: Ctx) => Promise<T>): Task<T>
  /** Starts a background task: it serves the main ones and is canceled when the last of them has ended. @throws TypeError as `spawn`. */
  spawnBackground<T>(task: (ctx: Ctx) => Promise<T>): Task<T>
  /** Cancels all tasks without failing the scope. */
  cancel(): void
}

/** Bookkeeping of one scope: how many tasks run, and what went wrong. */
class ScopeRun implements Scope {
  readonly ctx: Ctx
  readonly #outer: Ctx
  #failure: Error | undefined
  #mainTasks = 0
  #tasks = 0
  #ended = false
  #canceledFromInside = false
  #interrupted: Error | undefined
  #onEnd: (() => void) | undefined

  constructor(outer: Ctx) {
    this.#outer = outer
    this.ctx = outer.child()
  }

  spawn<T>(task: (ctx: Ctx) => Promise<T>): Task<T> {
    return this.#start(task, true)
  }

  spawnBackground<T>(task: (ctx: Ctx) => Promise<T>): Task<T> {
    return this.#start(task, false)
  }

  cancel(): void {
    if (!this.ctx.canceled) this.#canceledFromInside = true
    this.ctx.cancel()
  }

  /** Resolves when the last task has ended. */
  async ended(): Promise<void> {
    if (this.#tasks > 0) {
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve
      })
    }
    this.#ended = true
    this.ctx[Symbol.dispose]()
  }

  /** @throws the error that decides the scope's outcome, when there is one. */
  throwFailure(): void {
    const decisive = this.#failure ?? this.#interrupted
    if (decisive !== undefined) throw decisive
  }

  #start<T>(task: (ctx: Ctx) => Promise<T>, wantsMain: boolean): Task<T> {
    if (this.#ended)
      throw new TypeError('the scope has ended: a task can be spawned only while another one runs')
    // Once the last main task has ended, whatever background tasks start is background.
    const main = wantsMain && (this.#tasks === 0 || this.#mainTasks > 0)
    this.#tasks += 1
    if (main) this.#mainTasks += 1
    const outcome = this.#run(task, main)
    return {
      join: async () => {
        const ended = await outcome
        if (ended.ok) return ended.value
        throw isCanceled(ended.error)
          ? ended.error
          : new CanceledError('the task failed', { cause: ended.error })
      },
    }
  }

  async #run<T>(
    task: (ctx: Ctx) => Promise<T>,
    main: boolean,
  ): Promise<{ ok: true; value: T } | { ok: false; error: Error }> {
    const ctx = this.ctx.child()
    try {
      return { ok: true, value: await task(ctx) }
    } catch (e) {
      const error = errorOf(e)
      this.#fail(error, main)
      return { ok: false, error }
    } finally {
      ctx[Symbol.dispose]()
      this.#tasks -= 1
      if (main && --this.#mainTasks === 0) this.ctx.cancel()
      if (this.#tasks === 0) this.#onEnd?.()
    }
  }

  #fail(error: Error, main: boolean): void {
    if (isCanceled(error) && this.ctx.canceled) {
      // Ending because of cancellation is no failure of its own, but work that the outside interrupted has not been done.
      if (main && this.#outer.canceled && !this.#canceledFromInside) this.#interrupted ??= error
      return
    }
    if (
      this.#failure === undefined ||
      (isProgrammingError(error) && !isProgrammingError(this.#failure))
    )
      this.#failure = error
    this.ctx.cancel(error)
  }
}

/**
 * Runs `body` and the tasks it spawns, and ends only when all of them have ended.
 *
 * The first error cancels the rest and is thrown; an error that only a bug raises (`TypeError`, `RangeError`, …) overrides it.
 * Tasks that end with a cancellation after the scope was canceled do not fail it. The body counts as a main task.
 *
 * @returns what the body returned.
 * @throws CanceledError when the outer context was canceled before the main tasks were done, or the body gave up on cancellation.
 */
export async function scope<T>(ctx: Ctx, body: (ctx: Ctx, s: Scope) => Promise<T>): Promise<T> {
  const run = new ScopeRun(ctx)
  const result = run.spawn(() => body(run.ctx, run))
  await run.ended()
  run.throwFailure()
  return result.join()
}
