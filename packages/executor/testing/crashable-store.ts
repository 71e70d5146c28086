import type { Hash32, Result } from '@zkstack/crypto'
import type { Block, Genesis, ReplicaState } from '@zkstack/roles'
import {
  StorageError,
  type AddressStore,
  type BlockRange,
  type CallOptions,
  type EpochStore,
  type NodeStore,
  type OpenOptions,
  type ReplicaStateKey,
  type StoreOpenError,
} from '@zkstack/storage'

/**
 * A view of a store that can die: after {@link crash} it writes and reads nothing more, as if the process were
 * gone, while what was written stays in the store below.
 */
export class CrashableStore implements NodeStore {
  readonly epochs: EpochStore = {
    latest: () => this.#run(() => this.#inner.epochs.latest()),
    get: (epoch) => this.#run(() => this.#inner.epochs.get(epoch)),
    save: (record) => this.#run(() => this.#inner.epochs.save(record)),
  }
  readonly addresses: AddressStore = {
    version: (validator) => this.#run(async () => this.#inner.addresses?.version(validator)),
    saveVersion: (validator, version) =>
      this.#run(async () => this.#inner.addresses?.saveVersion(validator, version)),
  }
  readonly #inner: NodeStore
  readonly #running = new Set<Promise<unknown>>()
  #crashed = false

  constructor(inner: NodeStore) {
    this.#inner = inner
  }

  /** From now on every call fails; calls under way may still end either way. */
  crash(): void {
    this.#crashed = true
  }

  /** Resolves once no call is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    return this.#run(() => this.#inner.open(genesis, o))
  }

  range(): BlockRange {
    return this.#inner.range()
  }

  get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    return this.#run(() => this.#inner.get(n, o))
  }

  append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    return this.#run(() => this.#inner.append(block, o))
  }

  prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    return this.#run(() => this.#inner.prune?.(before, o) ?? Promise.resolve())
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#inner.watch(o)
  }

  load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    return this.#run(() => this.#inner.load(key))
  }

  save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    return this.#run(() => this.#inner.save(key, state))
  }

  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    return this.#run(() => this.#inner.highestEpoch(genesis, validator))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#crashed) throw new StorageError('STORE_CLOSED', 'the test crashed this store')
    const running = call()
    this.#running.add(running)
    try {
      const value = await running
      // What a dead process was told, it never learned.
      if (this.#crashed) throw new StorageError('STORE_CLOSED', 'the test crashed this store')
      return value
    } finally {
      this.#running.delete(running)
    }
  }
}
