import { errorOf, lazySignal, type Ctx } from '@zkstack/concurrency'
import type { ValidatorSource } from '@zkstack/storage'
import { Backoff } from '../backoff.js'
import { NodeError } from '../errors.js'
import { isRetryable } from '../execution-guard.js'
import type { RunningCalls } from '../running-calls.js'
import { watchSlowness } from '../watch-slowness.js'

/** What {@link ScheduleAsker} takes. */
export interface ScheduleAskerInit {
  readonly source: ValidatorSource
  /** Where the calls under way are noted. */
  readonly calls: RunningCalls
  warn(error: NodeError): void
}

/** Asks the execution layer who rules, and listens to its pushes. */
export class ScheduleAsker {
  readonly #o: ScheduleAskerInit

  constructor(o: ScheduleAskerInit) {
    this.#o = o
  }

  /** Whether the execution layer says when to ask. */
  get pushes(): boolean {
    return this.#o.source.changes !== undefined
  }

  /** The answer as of a block, unjudged. @throws NodeError `VALIDATORS_FAILED`, CanceledError. */
  async ask(ctx: Ctx, block: bigint): Promise<unknown> {
    using _ = watchSlowness(ctx.clock, (seconds) => {
      const message = `validators.scheduleAt of block ${block} has been running for ${seconds} s; the node goes no further before it knows who may vote`
      this.#o.warn(new NodeError('VALIDATORS_SLOW', message))
    })
    const backoff = new Backoff(ctx.random)
    for (;;) {
      try {
        return await this.#call(ctx, block)
      } catch (e) {
        ctx.throwIfCanceled()
        const cause = errorOf(e)
        const message = `validators.scheduleAt of block ${block} failed: ${cause.message}`
        if (!isRetryable(cause)) {
          throw new NodeError(
            'VALIDATORS_FAILED',
            `${message}. The node cannot know who may vote; mend the cause and start it again. Throw a RetryableError if another try helps.`,
            { cause },
          )
        }
        this.#o.warn(new NodeError('VALIDATORS_RETRY', `${message}; it is asked again`, { cause }))
        await ctx.sleep(backoff.next())
      }
    }
  }

  /** Calls back for every push, until there are no more of them or `ctx` ends. @throws what `onPush` throws. */
  async listen(ctx: Ctx, onPush: () => Promise<void>): Promise<void> {
    if (!this.pushes) return
    let iterator: AsyncIterator<void> | undefined
    for (;;) {
      try {
        iterator ??= this.#o.source.changes?.({ signal: ctx.signal })[Symbol.asyncIterator]()
        const next = iterator && (await ctx.race(iterator.next()))
        if (next === undefined || next.done === true) break
      } catch (e) {
        ctx.throwIfCanceled()
        this.#warnOfSilence(errorOf(e))
        return
      }
      await onPush()
    }
    this.#warnOfSilence(undefined)
  }

  #warnOfSilence(cause: Error | undefined): void {
    const why = cause === undefined ? 'ended' : `threw: ${cause.message}`
    this.#o.warn(
      new NodeError(
        'VALIDATORS_SILENT',
        `validators.changes ${why}. The committees are asked for after every block from now on.`,
        { cause },
      ),
    )
  }

  async #call(ctx: Ctx, block: bigint): Promise<unknown> {
    const call = ctx.child()
    try {
      const ask = async (): Promise<unknown> => this.#o.source.scheduleAt(block, lazySignal(call))
      return await ctx.race(this.#o.calls.note('scheduleAt', block, ask))
    } finally {
      call[Symbol.dispose]()
    }
  }
}
