import { toHex } from '@zkstack/crypto'
import { decodeReplicaState, encodeReplicaState } from '@zkstack/roles'
import type { Block, ReplicaState } from '@zkstack/roles'
import type {
  BlockRange,
  BlockStore,
  ReplicaStateKey,
  ReplicaStateStore,
  StateChange,
} from '@zkstack/storage'

/** A store in memory that tells what is written when, and fails or waits where a test says so. */
export class FakeStore implements BlockStore, ReplicaStateStore {
  /** Called before each write; what it rejects with is the failure of the write. */
  beforeWrite: (what: 'state' | 'block') => Promise<void> = async () => undefined
  /** Called after each write. */
  written: (what: 'state' | 'block', value: ReplicaState | Block) => void = () => undefined
  readonly #first: bigint
  readonly #blocks: Block[] = []
  readonly #states = new Map<string, Uint8Array>()
  #highestEpoch: bigint | undefined

  constructor(first = 0n) {
    this.#first = first
  }

  get blocks(): readonly Block[] {
    return this.#blocks
  }

  range(): BlockRange {
    const last = this.#blocks.at(-1)
    return {
      first: this.#first,
      next: this.#first + BigInt(this.#blocks.length),
      last:
        last?.kind === 'final'
          ? { type: 'final', qc: last.justification }
          : last && { type: 'preGenesis', number: last.number },
    }
  }

  async get(n: bigint): Promise<Block | undefined> {
    return this.#blocks[Number(n - this.#first)]
  }

  async append(block: Block): Promise<void> {
    await this.beforeWrite('block')
    this.add(block)
  }

  protected add(block: Block): void {
    if (block.number !== this.range().next) throw new RangeError(`block: ${block.number}`)
    this.#blocks.push(block)
    this.written('block', block)
  }

  async *watch(): AsyncIterable<BlockRange> {
    yield this.range()
  }

  async load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    const bytes = this.#states.get(nameOf(key))
    return bytes && decodeReplicaState(bytes)
  }

  async save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    await this.beforeWrite('state')
    this.put(key, state)
    this.written('state', state)
  }

  /** Plants a state as if an earlier process had written it. */
  put(key: ReplicaStateKey, state: ReplicaState): void {
    this.#states.set(nameOf(key), encodeReplicaState(state))
    const { epoch } = key
    if (this.#highestEpoch === undefined || epoch > this.#highestEpoch) this.#highestEpoch = epoch
  }

  /** Loses a state, as a damaged disk does. */
  lose(key: ReplicaStateKey): void {
    this.#states.delete(nameOf(key))
  }

  async highestEpoch(): Promise<bigint | undefined> {
    return this.#highestEpoch
  }

  async [Symbol.asyncDispose](): Promise<void> {
    return undefined
  }
}

/** A {@link FakeStore} that writes a block and a state at once. */
export class FakeJointStore extends FakeStore {
  /** Called before a block and a state are written together. */
  beforeBoth: () => Promise<void> = async () => undefined

  async appendAndSave(block: Block, { key, state }: StateChange): Promise<void> {
    await this.beforeBoth()
    this.add(block)
    this.put(key, state)
    this.written('state', state)
  }
}

function nameOf(key: ReplicaStateKey): string {
  return `${toHex(key.genesis)}/${toHex(key.validator)}/${key.epoch}`
}
