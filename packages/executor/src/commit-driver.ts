import { errorOf, lazySignal, type Ctx, type Watch } from '@zkstack/concurrency'
import type { Block, FinalBlock } from '@zkstack/roles'
import type { BlockRange, BlockStore, ExecutionLayer } from '@zkstack/storage'
import { Backoff } from './backoff.js'
import { NodeError } from './errors.js'
import { isRetryable } from './execution-guard.js'
import type { RunningCalls } from './running-calls.js'

/** What {@link CommitDriver} takes. */
export interface CommitDriverInit {
  readonly execution: Pick<ExecutionLayer, 'commit'>
  readonly store: Pick<BlockStore, 'get'>
  /** Blocks on disk. */
  readonly range: Watch<BlockRange>
  /** The next block to commit; moved on after each commit. */
  readonly applied: Watch<bigint>
  /** Where the calls under way are noted. */
  readonly calls: RunningCalls
  /** Checks a block before it is committed, at once or by what it returns. @throws what stops the node. */
  expect(ctx: Ctx, block: Block): Promise<void> | undefined
  /** Learns who may make block `next`, before `applied` moves there, at once or by what it returns. @throws what stops the node. */
  advance(ctx: Ctx, next: bigint): Promise<void> | undefined
  /** Something the user should know, and the driver goes on. */
  warn(error: NodeError): void
  /** A block is committed, and `applied` has moved. */
  onCommitted(block: FinalBlock, tookMs: number): void
}

/** How long a commit may take before the user is told, in milliseconds. */
const SLOW_COMMIT_MS = 30_000

/**
 * Gives stored blocks to the execution layer: from `applied` on, in order, each once; the next one only after the
 * last is durable there.
 */
export class CommitDriver {
  readonly #o: CommitDriverInit
  #underWay: { readonly number: bigint; readonly startedAt: number; dueAt: number } | undefined
  #unwatch: (() => void) | undefined

  constructor(o: CommitDriverInit) {
    this.#o = o
  }

  /**
   * Commits until cancelled.
   * @throws what `expect` and `advance` throw; NodeError `EXECUTION_COMMIT_FAILED` (its `cause` is the execution layer's), `EXECUTION_BEHIND`,
   * `STORE_GAP`; the store's own errors.
   */
  async run(ctx: Ctx): Promise<never> {
    const { range, applied } = this.#o
    const isDue = ({ next }: BlockRange): boolean => next > applied.value
    try {
      for (;;) {
        if (!isDue(range.value)) await range.waitFor(isDue, ctx)
        ctx.throwIfCanceled()
        await this.#commitNext(ctx)
      }
    } finally {
      this.#unwatch?.()
    }
  }

  async #commitNext(ctx: Ctx): Promise<void> {
    const { applied } = this.#o
    const block = await this.#read(applied.value, ctx)
    const expected = this.#o.expect(ctx, block)
    if (expected) await expected
    const startedAt = ctx.clock.now()
    if (block.kind === 'final') await this.#commit(block, ctx)
    const tookMs = ctx.clock.now() - startedAt
    const advanced = this.#o.advance(ctx, block.number + 1n)
    if (advanced) await advanced
    applied.set(block.number + 1n)
    if (block.kind === 'final') this.#o.onCommitted(block, tookMs)
  }

  async #read(number: bigint, ctx: Ctx): Promise<Block> {
    const block = await this.#o.store.get(number, ctx)
    if (block !== undefined) return block
    const { first, next } = this.#o.range.value
    if (number < first) {
      throw new NodeError(
        'EXECUTION_BEHIND',
        `block ${number} was pruned before the execution layer committed it; the store starts at ${first}. ` +
          `Prune only what is committed; bring the execution layer to block ${first - 1n} or later to go on.`,
      )
    }
    throw new NodeError(
      'STORE_GAP',
      `the store says it holds blocks ${first} to ${next - 1n}, but has no block ${number}. Restore the data directory from a copy, or start over with an empty one.`,
    )
  }

  async #commit(block: FinalBlock, ctx: Ctx): Promise<void> {
    let failure = await this.#attempt(block, ctx)
    if (failure === undefined) return
    const backoff = new Backoff(ctx.random)
    while (failure !== undefined) {
      await ctx.sleep(this.#retryIn(block, failure, backoff))
      failure = await this.#attempt(block, ctx)
    }
  }

  /** One call of the execution layer: undefined when committed, else what it threw. */
  async #attempt(block: FinalBlock, ctx: Ctx): Promise<Error | undefined> {
    const call = ctx.child()
    const startedAt = ctx.clock.now()
    this.#underWay = { number: block.number, startedAt, dueAt: startedAt + SLOW_COMMIT_MS }
    this.#watchSlowness(ctx)
    try {
      const commit = (): Promise<void> => this.#o.execution.commit(block, lazySignal(call))
      await ctx.race(this.#o.calls.note('commit', block.number, commit))
      return undefined
    } catch (e) {
      ctx.throwIfCanceled()
      return errorOf(e)
    } finally {
      this.#underWay = undefined
      call[Symbol.dispose]()
    }
  }

  /** How long to wait before the next attempt. @throws when the failure is final. */
  #retryIn(block: FinalBlock, failure: Error, backoff: Backoff): number {
    if (!isRetryable(failure)) {
      throw new NodeError(
        'EXECUTION_COMMIT_FAILED',
        `execution.commit of block ${block.number} failed: ${failure.message}. The block is final and on disk: mend the cause and start the node again, it commits the block then.`,
        { cause: failure },
      )
    }
    const ms = backoff.next()
    this.#o.warn(
      new NodeError(
        'EXECUTION_COMMIT_RETRY',
        `execution.commit of block ${block.number} asks for another try: ${failure.message}; next in ${Math.ceil(ms)} ms`,
        { cause: failure },
      ),
    )
    return ms
  }

  /** Warns of the commit under way when it takes long. One timer for all commits, of which thousands may end while it runs. */
  #watchSlowness(ctx: Ctx): void {
    const check = (): void => {
      this.#unwatch = undefined
      const commit = this.#underWay
      if (commit === undefined) return
      const now = ctx.clock.now()
      if (now >= commit.dueAt) {
        const seconds = Math.round((now - commit.startedAt) / 1000)
        this.#o.warn(
          new NodeError(
            'EXECUTION_COMMIT_SLOW',
            `execution.commit of block ${commit.number} has been running for ${seconds} s; the chain waits for it on this node`,
          ),
        )
        commit.dueAt = now + SLOW_COMMIT_MS
      }
      this.#unwatch = ctx.clock.setTimer(commit.dueAt, check, { passive: true })
    }
    this.#unwatch ??= ctx.clock.setTimer(ctx.clock.now() + SLOW_COMMIT_MS, check, { passive: true })
  }
}
