import type { Block } from '@zkstack/roles'
import {
  encodedBlocks,
  type BlockRange,
  type BlockStore,
  type CallOptions,
  type EncodedBlock,
  type EncodedRun,
} from '@zkstack/storage'

/** Bounds of what {@link RecentBlocks} keeps, the newest block excepted: commits may lag by a few writes of sync. */
const MAX_BLOCKS = 512
const MAX_BYTES = 16 * 1024 * 1024

/** Bytes of a payload that are copied at once. */
const STEP_BYTES = 64 * 1024

/**
 * A block store that keeps the newest blocks in memory too: each of them is read right after it was written, by the
 * commits, by streams and by peers. Readers get payloads of their own, so that nobody can change what others read.
 */
export class RecentBlocks implements BlockStore {
  readonly appendAndSave?: NonNullable<BlockStore['appendAndSave']>
  readonly #inner: BlockStore
  readonly #yieldTurn: () => Promise<void>
  /** In the order of their numbers. */
  readonly #blocks = new Map<bigint, Block>()
  #bytes = 0

  /** @param yieldTurn awaited between the steps in which a large payload is copied. */
  constructor(inner: BlockStore, yieldTurn: () => Promise<void>) {
    this.#inner = inner
    this.#yieldTurn = yieldTurn
    const appendAndSave = inner.appendAndSave?.bind(inner)
    if (appendAndSave === undefined) return
    this.appendAndSave = (block, change, o) =>
      this.#keepWhile(block, () => appendAndSave(block, change, o))
  }

  range(): BlockRange {
    return this.#inner.range()
  }

  async get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    o?.signal?.throwIfAborted()
    const { first, next } = this.#inner.range()
    const block = n >= first && n < next ? this.#blocks.get(n) : undefined
    if (block === undefined) return this.#inner.get(n, o)
    const { payload } = block
    if (payload.length <= STEP_BYTES) return { ...block, payload: payload.slice() }
    return { ...block, payload: await this.#copy(payload) }
  }

  async getEncoded(first: bigint, run: EncodedRun): Promise<EncodedBlock[]> {
    const start = this.#inner.range().first
    if (first < start || !this.#blocks.has(first)) return encodedBlocks(this.#inner, first, run)
    return encodedBlocks({ get: (n) => Promise.resolve(this.#blocks.get(n)) }, first, run)
  }

  append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    return this.#keepWhile(block, () => this.#inner.append(block, o))
  }

  async #keepWhile(block: Block, append: () => Promise<void>): Promise<void> {
    // Before the range says so: whoever follows the store reads at once what it has announced.
    const isNext = block.number >= this.range().next && !this.#blocks.has(block.number)
    if (isNext) this.#keep(block)
    try {
      await append()
    } catch (e) {
      if (isNext && this.#blocks.get(block.number) === block) this.#forget(block)
      throw e
    }
  }

  #keep(block: Block): void {
    this.#blocks.set(block.number, block)
    this.#bytes += block.payload.length
    for (const [number, old] of this.#blocks) {
      const fits = this.#blocks.size <= MAX_BLOCKS && this.#bytes <= MAX_BYTES
      if (fits || number === block.number) break
      this.#forget(old)
    }
  }

  #forget({ number, payload }: Block): void {
    this.#blocks.delete(number)
    this.#bytes -= payload.length
  }

  async prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    await this.#inner.prune?.(before, o)
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#inner.watch(o)
  }

  /** Closes nothing: the store below belongs to whoever opened it. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  async #copy(payload: Uint8Array): Promise<Uint8Array> {
    const copy = new Uint8Array(payload.length)
    for (let at = 0; at < payload.length; at += STEP_BYTES) {
      copy.set(payload.subarray(at, at + STEP_BYTES), at)
      await this.#yieldTurn()
    }
    return copy
  }
}
