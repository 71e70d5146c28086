import { ok, type Hash32, type Result } from '@zkstack/crypto'
import type { Block, Genesis, ReplicaState } from '@zkstack/roles'
import { assertAppendable, tipOf } from './block-identity.js'
import type { CallOptions } from './execution-layer.js'
import { judgeGenesis, storedGenesisOf } from './genesis-binding.js'
import { MemoryAddresses } from './memory-addresses.js'
import { MemoryEpochs } from './memory-epochs.js'
import { RangeFeed } from './range-feed.js'
import { assertStateKey, emptyAt, epochError, validatorKey } from './replica-state-keys.js'
import { StorageError } from './storage-error.js'
import type {
  BlockRange,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  StoredGenesis,
  StoreOpenError,
} from './store.js'
import { throwIfAborted } from './throw-if-aborted.js'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Where an empty store begins. Default: the genesis' first block, 0 before `open`. */
  readonly firstBlock?: bigint
  /** Blocks kept at most, the oldest are dropped; at least 1. Default: no bound. */
  readonly capacity?: number
}

/**
 * A store that forgets everything when the process ends: for tests and for nodes that only follow. A validator that restarts
 * without its state may vote twice.
 */
export function memoryStore(o: MemoryStoreOptions = {}): NodeStore {
  const { firstBlock, capacity } = o
  if (capacity !== undefined && !(Number.isSafeInteger(capacity) && capacity >= 1)) {
    throw new RangeError(`capacity: ${capacity} is not a positive integer`)
  }
  return new MemoryStore(firstBlock, capacity ?? Infinity)
}

interface Saved {
  readonly epoch: bigint
  readonly state: ReplicaState
}

class MemoryStore implements NodeStore {
  readonly epochs = new MemoryEpochs()
  readonly addresses = new MemoryAddresses()
  readonly #blocks = new Map<bigint, Block>()
  /** By genesis and validator: the states of the two highest epochs. */
  readonly #states = new Map<string, readonly Saved[]>()
  readonly #feed: RangeFeed
  #genesis: StoredGenesis | undefined
  #closed = false

  constructor(
    readonly firstBlock: bigint | undefined,
    readonly capacity: number,
  ) {
    this.#feed = new RangeFeed(emptyAt(firstBlock ?? 0n))
  }

  async open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    this.#assertOpen()
    const given = storedGenesisOf(genesis)
    const verdict = judgeGenesis(this.#genesis, given, o)
    if (!verdict.ok) return verdict
    this.#genesis = given
    if (verdict.value === 'bind' && this.#blocks.size === 0) {
      this.#feed.set(emptyAt(this.firstBlock ?? given.firstBlock))
    }
    if (verdict.value === 'reset') this.#reset(given.firstBlock)
    return ok(undefined)
  }

  range(): BlockRange {
    return this.#feed.value
  }

  async get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    this.#assertOpen()
    throwIfAborted(o)
    return this.#blocks.get(n)
  }

  async append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    this.#assertOpen()
    throwIfAborted(o)
    const { first, next } = this.range()
    assertAppendable(block, this.range(), this.#genesis)
    this.#blocks.set(block.number, block)
    const overflow = this.#blocks.size > this.capacity
    if (overflow) this.#blocks.delete(first)
    this.#feed.set({ first: overflow ? first + 1n : first, next: next + 1n, last: tipOf(block) })
  }

  async prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    this.#assertOpen()
    throwIfAborted(o)
    const { first, next, last } = this.range()
    const keep = before < next ? before : next - 1n
    if (keep <= first) return
    for (let n = first; n < keep; n++) this.#blocks.delete(n)
    this.#feed.set({ first: keep, next, last })
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#feed.watch(o)
  }

  async load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    this.#assertOpen()
    return this.#savedBy(key).find(({ epoch }) => epoch === key.epoch)?.state
  }

  async save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    this.#assertOpen()
    assertStateKey(key, state, this.#genesis)
    const { epoch } = key
    const others = this.#savedBy(key).filter((saved) => saved.epoch !== epoch)
    const highest = others.at(-1)?.epoch ?? epoch
    if (epoch + 1n < highest) throw epochError(epoch, highest)
    const kept = [...others, { epoch, state }].sort((a, b) => (a.epoch < b.epoch ? -1 : 1))
    this.#states.set(validatorKey(key.genesis, key.validator), kept.slice(-2))
  }

  async highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    this.#assertOpen()
    return this.#savedBy({ genesis, validator }).at(-1)?.epoch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#feed.close()
  }

  #savedBy(key: Pick<ReplicaStateKey, 'genesis' | 'validator'>): readonly Saved[] {
    return this.#states.get(validatorKey(key.genesis, key.validator)) ?? []
  }

  #reset(firstBlock: bigint): void {
    this.#states.clear()
    this.epochs.clear()
    const { first, next } = this.range()
    const end = firstBlock < next ? firstBlock : next
    for (const { kind, number, payload } of [...this.#blocks.values()]) {
      if (number >= end) this.#blocks.delete(number)
      else if (kind === 'final') {
        this.#blocks.set(number, {
          kind: 'preGenesis',
          number,
          payload,
          justification: new Uint8Array(),
        })
      }
    }
    const last = this.#blocks.get(end - 1n)
    this.#feed.set(
      last === undefined ? emptyAt(firstBlock) : { first, next: end, last: tipOf(last) },
    )
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageError('STORE_CLOSED', 'the memory store is closed')
  }
}
