import type { Ctx, Watch } from '@zkstack/concurrency'
import type { BlockRange, BlockStore, HeightMark, HeightMarkStore } from '@zkstack/storage'
import { keepFrom, withMark, type Retention } from './retention.js'

/** What a {@link Pruner} works with. */
export interface PrunerInit {
  readonly retention: Retention
  readonly store: Pick<BlockStore, 'prune'>
  /** Where the growth of the chain is kept; absent: ages count from the start of the process. */
  readonly marks: HeightMarkStore | undefined
  readonly range: Watch<BlockRange>
  /** The next block to commit. */
  readonly applied: Watch<bigint>
}

/** Marks in the time that blocks are kept: how exact ages are. */
const MARKS = 64
/** Blocks that one pruning removes at least, as long as there are so many to keep. */
const MAX_STEP = 256

/** Prunes what the retention no longer wants, and the execution layer has committed. */
export class Pruner {
  readonly #o: PrunerInit

  constructor(o: PrunerInit) {
    this.#o = o
  }

  /** Prunes until cancelled. @throws StorageError */
  async run(ctx: Ctx): Promise<never> {
    const { retention } = this.#o
    if ('blocks' in retention) return this.#byCount(ctx, retention.blocks)
    return this.#byAge(ctx, retention.ageMs)
  }

  async #byCount(ctx: Ctx, blocks: number): Promise<never> {
    const step = BigInt(Math.max(1, Math.min(MAX_STEP, Math.floor(blocks / 10))))
    const due = (): boolean => this.#keepFrom(ctx, []) >= this.#o.range.value.first + step
    for (;;) {
      await this.#o.applied.waitFor(due, ctx)
      await this.#prune(ctx, [])
    }
  }

  async #byAge(ctx: Ctx, ageMs: number): Promise<never> {
    const { range, marks: store } = this.#o
    const saved = (await store?.load()) ?? []
    // those beyond are of another fork
    let marks = saved.filter(({ next }) => next <= range.value.next)
    for (;;) {
      const mark = { next: range.value.next, utcMs: Math.floor(ctx.clock.nowUtc()) }
      if (marks.at(-1)?.next !== mark.next) {
        marks = [...withMark(marks, mark, ageMs)]
        await store?.save(marks)
      }
      await this.#prune(ctx, marks)
      await ctx.sleep(ageMs / MARKS)
    }
  }

  async #prune(ctx: Ctx, marks: readonly HeightMark[]): Promise<void> {
    const keep = this.#keepFrom(ctx, marks)
    if (keep > this.#o.range.value.first) await this.#o.store.prune?.(keep, ctx)
    // the new range comes by the store's own watch
    await this.#o.range.waitFor(({ first }) => first >= keep, ctx)
  }

  #keepFrom(ctx: Ctx, marks: readonly HeightMark[]): bigint {
    const { retention, range, applied } = this.#o
    const utcMs = ctx.clock.nowUtc()
    return keepFrom(retention, { range: range.value, applied: applied.value, marks, utcMs })
  }
}
