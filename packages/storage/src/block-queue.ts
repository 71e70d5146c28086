import {
  CanceledError,
  errorOf,
  isCanceled,
  onCancel,
  Watch,
  type WaitOptions,
} from '@zkstack/concurrency'
import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import type { Block } from '@zkstack/roles'
import { blockHash, conflictError } from './block-identity.js'
import type { CallOptions } from './execution-layer.js'
import { StorageError } from './storage-error.js'
import type { BlockRange, BlockStore, StateChange } from './store.js'
import { throwIfAborted } from './throw-if-aborted.js'

/** Options of a {@link BlockQueue}. */
export interface BlockQueueOptions {
  /** How many heights, counted from the next one to be stored, may wait in the queue; at least 1. */
  readonly capacity: number
  /** Bytes of payload that may wait in the queue; the block whose turn it is always fits. Default 64 MiB. */
  readonly capacityBytes?: number
}

/** A state that is to be saved with a block. */
interface Companion {
  readonly change: StateChange
  isSaved: boolean
}

/** A block in the queue, and how many pushes wait for it. */
class Entry {
  readonly stored: Promise<void>
  waiters = 1
  writing = false
  /** Ends the waits: the height is stored. */
  onStored: () => void = () => undefined
  onFailed: (error: Error) => void = () => undefined

  constructor(
    readonly block: Block,
    readonly hash: Hash32,
    readonly companion: Companion | undefined,
  ) {
    this.stored = new Promise((resolve, reject) => {
      this.onStored = resolve
      this.onFailed = reject
    })
    // Those who waited may have given up.
    this.stored.catch(() => undefined)
  }
}

const defaultCapacityBytes = 64 * 1024 * 1024
/** Heights whose hash is remembered, so that a late duplicate costs no read. */
const rememberedHashes = 256

/**
 * The one place where blocks enter a store: in order, bounded, and duplicates are no-ops; consensus and sync both use it.
 *
 * A push beyond the bound waits outside with its block, so callers should have a bounded number of pushes under way. A failure
 * of the store is final: it rejects every push and wait from then on.
 */
export class BlockQueue {
  /** What is durable. */
  readonly range: Watch<BlockRange>
  readonly #entries = new Map<bigint, Entry>()
  readonly #hashes = new Map<bigint, Hash32>()
  /** Goes on where it was: a map keeps the place of what was deleted for a while, and to begin anew is to pass all of them. */
  #oldest = this.#hashes.keys()
  readonly #capacity: bigint
  readonly #capacityBytes: number
  /** Counts the changes for which a push or a wait may wait. */
  readonly #changes = new Watch(0)
  #bytes = 0
  #draining: Promise<void> | undefined
  #failure: Error | undefined

  /** @throws RangeError for a capacity that is no positive integer. */
  constructor(
    readonly store: BlockStore,
    o: BlockQueueOptions,
  ) {
    this.#capacity = BigInt(positive('capacity', o.capacity))
    this.#capacityBytes = positive('capacityBytes', o.capacityBytes ?? defaultCapacityBytes)
    this.range = new Watch(store.range())
  }

  /** How many heights, counted from the next one to be stored, have a place in the queue. */
  get capacity(): number {
    return Number(this.#capacity)
  }

  /** What waits in the queue, the block being written included: number of blocks and bytes of their payloads. */
  get size(): { readonly blocks: number; readonly bytes: number } {
    return { blocks: this.#entries.size, bytes: this.#bytes }
  }

  /**
   * Resolves once a block with this number is durable; waits for its turn. A block that is stored already resolves at once.
   * The caller has verified the block.
   *
   * @throws StorageError `STORE_CONFLICT` when a different block has this height; any failure of the store.
   * @throws AbortError when the signal aborts; then the block is either completely stored or not at all.
   */
  push(block: Block, o: Partial<CallOptions> = {}): Promise<void> {
    return this.#push(block, undefined, o)
  }

  /**
   * {@link push}, and a state that the store saves in the same write if it can and the block is new to it; whether it has. The
   * states must live in the store of this queue.
   */
  async pushWithState(
    block: Block,
    change: StateChange,
    o: Partial<CallOptions> = {},
  ): Promise<boolean> {
    const companion = { change, isSaved: false }
    await this.#push(block, companion, o)
    return companion.isSaved
  }

  async #push(
    block: Block,
    companion: Companion | undefined,
    o: Partial<CallOptions>,
  ): Promise<void> {
    throwIfAborted(o)
    const { number } = block
    const hash = blockHash(block)
    const place = this.#place(block, hash, companion)
    const entry = place === 'later' ? await this.#admit(block, hash, companion, o) : place
    if (entry !== undefined) await this.#settled(number, entry, o)
    const stored = this.#hashes.get(number) ?? (await this.#storedHash(number))
    if (stored !== undefined && !bytesEqual(stored, hash)) throw conflictError(number, stored, hash)
  }

  /** Resolves once block `n` is durable, or was and is pruned. @throws as {@link push} does. */
  async waitUntilPersisted(n: bigint, o: Partial<CallOptions> = {}): Promise<void> {
    await this.#until(() => n < this.range.value.next, o)
  }

  /**
   * Follows a store that advances or prunes by itself, until the signal aborts or the store closes. Not needed when all blocks
   * come through this queue and nobody prunes.
   */
  async follow(o: CallOptions): Promise<void> {
    try {
      // What is yielded may be older by now than what was advanced to after an append.
      for await (const _ of this.store.watch(o)) this.#advance(this.store.range())
    } catch (e) {
      if (!isCanceled(e)) throw this.#fail(errorOf(e))
    }
  }

  /** {@link #place}, as soon as there is one. */
  async #admit(
    block: Block,
    hash: Hash32,
    companion: Companion | undefined,
    o: WaitOptions,
  ): Promise<Entry | undefined> {
    for (;;) {
      await this.#nextChange(o)
      const place = this.#place(block, hash, companion)
      if (place !== 'later') return place
    }
  }

  /** Puts the block into the queue, or finds the equal one there; undefined when the height is stored already. */
  #place(
    block: Block,
    hash: Hash32,
    companion: Companion | undefined,
  ): Entry | 'later' | undefined {
    if (this.#failure !== undefined) throw this.#failure
    const { number, payload } = block
    const { next } = this.range.value
    if (number < next) return undefined
    const known = this.#entries.get(number)
    if (known !== undefined && bytesEqual(known.hash, hash)) {
      known.waiters += 1
      return known
    }
    const inWindow = number < next + this.#capacity
    const fits = this.#bytes + payload.length <= this.#capacityBytes
    // A different block for the same height waits too: once the height is stored, the two are compared.
    if (known !== undefined || !(number === next || (inWindow && fits))) return 'later'
    const entry = new Entry(block, hash, companion)
    this.#entries.set(number, entry)
    this.#bytes += payload.length
    this.#draining ??= this.#drain()
    return entry
  }

  /** Waits until the entry is stored; a push that gives up takes its block along, unless others want it or it is being written. */
  async #settled(number: bigint, entry: Entry, o: WaitOptions): Promise<void> {
    try {
      await unlessAborted(entry.stored, o)
    } finally {
      entry.waiters -= 1
      if (entry.waiters === 0 && !entry.writing && this.#remove(number, entry)) this.#change()
    }
  }

  async #drain(): Promise<void> {
    try {
      // One turn later, so that `#draining` is set before this can end.
      await Promise.resolve()
      for (;;) {
        const run = this.#nextRun()
        if (run.length === 0 || this.#failure !== undefined) return
        // All at once, so that the store may write them together; each settles before anything is judged.
        const outcomes = await Promise.allSettled(run.map((entry) => this.#append(entry)))
        this.#advance(this.store.range())
        const failed = outcomes.find((outcome) => outcome.status === 'rejected')
        if (failed !== undefined) throw failed.reason
      }
    } catch (e) {
      this.#fail(errorOf(e))
    } finally {
      this.#draining = undefined
    }
  }

  /** The blocks whose turn it is, one after another without a gap. */
  #nextRun(): Entry[] {
    const run: Entry[] = []
    for (let n = this.range.value.next; ; n++) {
      const entry = this.#entries.get(n)
      if (entry === undefined) return run
      run.push(entry)
    }
  }

  async #append(entry: Entry): Promise<void> {
    const { block, hash } = entry
    entry.writing = true
    try {
      await this.#write(entry)
    } catch (e) {
      // A store that advances by itself may have got the height in the meantime; the push compares the two blocks.
      if (this.store.range().next > block.number) return
      throw e
    }
    this.#hashes.set(block.number, hash)
    // The heights between may be the store's own.
    while (this.#hashes.size > rememberedHashes) this.#hashes.delete(this.#nextOldest())
  }

  #nextOldest(): bigint {
    const { done, value } = this.#oldest.next()
    if (done !== true) return value
    this.#oldest = this.#hashes.keys()
    return this.#nextOldest()
  }

  async #write({ block, companion }: Entry): Promise<void> {
    if (companion === undefined || this.store.appendAndSave === undefined) {
      return this.store.append(block)
    }
    try {
      await this.store.appendAndSave(block, companion.change)
      companion.isSaved = true
    } catch (e) {
      if (!(e instanceof StorageError && e.code === 'STORE_EPOCH')) throw e
      // The state is too old, and nothing was written; the block is as good as ever.
      await this.store.append(block)
    }
  }

  #advance(range: BlockRange): void {
    const old = this.range.value
    if (range.next < old.next || range.first < old.first) {
      throw new StorageError(
        'STORE_ORDER',
        `the store went back from [${old.first}, ${old.next}) to [${range.first}, ${range.next})`,
      )
    }
    // The store announces what was appended here too.
    if (range === old) return
    for (const [number, entry] of this.#entries) {
      if (number < range.next && this.#remove(number, entry)) entry.onStored()
    }
    this.range.set(range)
    this.#change()
    this.#draining ??= this.#drain()
  }

  #remove(number: bigint, entry: Entry): boolean {
    if (this.#entries.get(number) !== entry) return false
    this.#entries.delete(number)
    this.#bytes -= entry.block.payload.length
    return true
  }

  async #storedHash(number: bigint): Promise<Hash32 | undefined> {
    const block = await this.store.get(number)
    return block === undefined ? undefined : blockHash(block)
  }

  #fail(error: Error): Error {
    this.#failure ??= error
    for (const entry of this.#entries.values()) entry.onFailed(this.#failure)
    this.#entries.clear()
    this.#bytes = 0
    this.#change()
    return this.#failure
  }

  #change(): void {
    this.#changes.update((n) => n + 1)
  }

  async #nextChange(o: WaitOptions): Promise<void> {
    const seen = this.#changes.value
    await this.#changes.waitFor((n) => n !== seen, o)
  }

  async #until(done: () => boolean, o: WaitOptions): Promise<void> {
    await this.#changes.waitFor(() => this.#failure !== undefined || done(), o)
    if (!done() && this.#failure !== undefined) throw this.#failure
  }
}

/** Waits for a promise, or until the signal aborts. */
function unlessAborted(stored: Promise<void>, o: WaitOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const unlink = onCancel(o, () => {
      reject(new CanceledError('the push was canceled', { cause: o.signal?.reason }))
    })
    stored.then(
      () => {
        unlink?.()
        resolve()
      },
      (e: unknown) => {
        unlink?.()
        reject(errorOf(e))
      },
    )
  })
}

function positive(name: string, value: number): number {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(`${name}: ${value} is not a positive integer`)
  }
  return value
}
