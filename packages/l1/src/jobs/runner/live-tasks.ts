import { isCanceled, Watch, type Ctx, type Scope } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { JobId } from '../job-id.js'
import { JobTask, type JobTaskEnd, type JobTaskInit } from './job-task.js'

/** A task that runs. */
interface LiveTask {
  readonly task: JobTask
  /** Ends the task. */
  cancel(): void
  /** Whether it is being ended. */
  readonly isEnding: boolean
}

/** The tasks of the jobs that are being driven, at most one for each job. */
export class LiveTasks {
  readonly #tasks = new Map<string, LiveTask>()
  readonly #size = new Watch(0)
  readonly #init: JobTaskInit
  readonly #onEnd: (id: JobId, end: JobTaskEnd) => void
  #scope: Scope | undefined

  constructor(init: JobTaskInit, onEnd: (id: JobId, end: JobTaskEnd) => void) {
    this.#init = init
    this.#onEnd = onEnd
  }

  /** Where tasks run from now on; `undefined`: none can be started any more. */
  set scope(scope: Scope | undefined) {
    this.#scope = scope
  }

  get isRunning(): boolean {
    return this.#scope !== undefined
  }

  get(id: JobId): LiveTask | undefined {
    return this.#tasks.get(toHex(id))
  }

  /** Drives a job, unless it is being driven or no tasks run. */
  start(id: JobId): void {
    const key = toHex(id)
    if (this.#tasks.has(key)) return
    this.#scope?.spawn((ctx) => this.#run(ctx, id, key))
  }

  wakeAll(): void {
    for (const { task } of this.#tasks.values()) task.wake()
  }

  /** Waits until there is a task. */
  async waitForOne(signal: AbortSignal): Promise<void> {
    await this.#size.waitFor((size) => size > 0, { signal })
  }

  async #run(outer: Ctx, id: JobId, key: string): Promise<void> {
    using ctx = outer.child()
    const task = new JobTask(id, this.#init)
    this.#tasks.set(key, {
      task,
      cancel: () => {
        ctx.cancel('aborted by an operator')
      },
      get isEnding() {
        return ctx.canceled
      },
    })
    this.#resized()
    try {
      this.#onEnd(id, await task.run(ctx))
    } catch (e) {
      if (!isCanceled(e) || outer.canceled) throw e
    } finally {
      this.#tasks.delete(key)
      this.#resized()
    }
  }

  #resized(): void {
    this.#size.set(this.#tasks.size)
    this.#init.observer.liveTasks(this.#tasks.size)
  }
}
