import { isCanceled, type Ctx, type Watch } from '@zkstack/concurrency'
import type { Block } from '@zkstack/roles'
import type { BlockStore } from '@zkstack/storage'
import { NodeError } from './errors.js'
import { LinkedCtx } from './linked-ctx.js'

/** What the readers of committed blocks share. */
export interface BlockReaderInit {
  readonly store: Pick<BlockStore, 'get' | 'range'>
  /** The next block to commit: everything below may be shown. */
  readonly applied: Watch<bigint>
  /** Ends with the node. */
  readonly life: Ctx
  /** The fatal cause, once there is one. */
  failure(): Error | undefined
}

/** Reads committed blocks, present and future. */
export class BlockReader {
  readonly #o: BlockReaderInit

  constructor(o: BlockReaderInit) {
    this.#o = o
  }

  /** Blocks from `from` on; ends with the node or the signal. @throws the node's fatal cause, `BLOCK_PRUNED`. */
  stream(from: bigint, signal?: AbortSignal): AsyncIterable<Block> {
    return { [Symbol.asyncIterator]: () => this.#iterate(from, signal) }
  }

  /** Block `number`, once committed. @throws the fatal cause, `NODE_STOPPED`, `BLOCK_PRUNED`, abort. */
  async wait(number: bigint, signal?: AbortSignal): Promise<Block> {
    using ctx = new LinkedCtx(this.#o.life, { signal })
    try {
      return await this.#read(number, ctx)
    } catch (e) {
      if (!isCanceled(e) || signal?.aborted === true) throw e
      throw (
        this.#o.failure() ??
        new NodeError('NODE_STOPPED', `the node stopped before block ${number}`)
      )
    }
  }

  #iterate(from: bigint, signal: AbortSignal | undefined): AsyncIterator<Block, undefined> {
    const ctx = new LinkedCtx(this.#o.life, { signal })
    const blocks = this.#generate(from, ctx)
    return {
      next: () => blocks.next(),
      // A generator alone would let `return` wait behind a `next` that waits for a block.
      return: () => {
        ctx.cancel()
        return blocks.return(undefined)
      },
    }
  }

  async *#generate(from: bigint, ctx: LinkedCtx): AsyncGenerator<Block, undefined> {
    try {
      for (let number = from; ; number += 1n) yield await this.#read(number, ctx)
    } catch (e) {
      const failure = this.#o.failure()
      if (isCanceled(e) && failure === undefined) return undefined
      throw failure ?? e
    } finally {
      ctx[Symbol.dispose]()
    }
  }

  async #read(number: bigint, ctx: LinkedCtx): Promise<Block> {
    ctx.throwIfCanceled()
    await this.#o.applied.waitFor((next) => next > number, ctx)
    const block = await this.#o.store.get(number, ctx)
    if (block !== undefined) return block
    throw new NodeError(
      'BLOCK_PRUNED',
      `the store no longer has block ${number}; it starts at ${this.#o.store.range().first}`,
    )
  }
}
