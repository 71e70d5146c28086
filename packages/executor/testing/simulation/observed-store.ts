import type { Hash32, Result } from '@zkstack/crypto'
import type { Block, Genesis, ReplicaState } from '@zkstack/roles'
import type {
  BlockRange,
  CallOptions,
  EpochStore,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  StoreOpenError,
} from '@zkstack/storage'
import type { ProcessLife } from './process-life.js'

/** What is told of a store. */
export interface StoreObserver {
  /** A state is on disk: it was written, or read at a start. */
  stateDurable(state: ReplicaState): void
  /** A block is on disk. */
  blockDurable(block: Block): void
}

/** The store of one process: says what is durable, and falls silent when the process ends. */
export class ObservedStore implements NodeStore {
  readonly epochs: EpochStore = {
    latest: () => this.#life.run(() => this.#inner.epochs.latest()),
    get: (epoch) => this.#life.run(() => this.#inner.epochs.get(epoch)),
    save: (record) => this.#life.run(() => this.#inner.epochs.save(record)),
  }
  readonly appendAndSave?: NonNullable<NodeStore['appendAndSave']>
  readonly #inner: NodeStore
  readonly #life: ProcessLife
  readonly #observer: StoreObserver

  constructor(inner: NodeStore, life: ProcessLife, observer: StoreObserver) {
    this.#inner = inner
    this.#life = life
    this.#observer = observer
    const appendAndSave = inner.appendAndSave?.bind(inner)
    if (appendAndSave === undefined) return
    this.appendAndSave = (block, change, o) =>
      life.run(
        () => appendAndSave(block, change, o),
        () => {
          observer.blockDurable(block)
          observer.stateDurable(change.state)
        },
      )
  }

  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    return this.#life.run(() => this.#inner.open(genesis, o))
  }

  range(): BlockRange {
    return this.#inner.range()
  }

  get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined> {
    return this.#life.run(() => this.#inner.get(n, o))
  }

  append(block: Block, o?: Partial<CallOptions>): Promise<void> {
    return this.#life.run(
      () => this.#inner.append(block, o),
      () => {
        this.#observer.blockDurable(block)
      },
    )
  }

  async prune(before: bigint, o?: Partial<CallOptions>): Promise<void> {
    const { prune } = this.#inner
    if (prune !== undefined) await this.#life.run(() => prune.call(this.#inner, before, o))
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#inner.watch(o)
  }

  async load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    const state = await this.#life.run(() => this.#inner.load(key))
    if (state !== undefined) this.#observer.stateDurable(state)
    return state
  }

  save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    return this.#life.run(
      () => this.#inner.save(key, state),
      () => {
        this.#observer.stateDurable(state)
      },
    )
  }

  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    return this.#life.run(() => this.#inner.highestEpoch(genesis, validator))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }
}
