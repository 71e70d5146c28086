import { yieldTurn } from '@zkstack/concurrency'
import { bytesEqual, toHex, type Hash32, type Result } from '@zkstack/crypto'
import {
  createFinalBlock,
  hashPayloadBySteps,
  type Block,
  type Genesis,
  type ReplicaState,
} from '@zkstack/roles'
import { assertAppendable } from './block-identity.js'
import type { CallOptions } from './execution-layer.js'
import { StorageError } from './storage-error.js'
import type {
  AddressStore,
  BlockRange,
  EpochStore,
  HeightMarkStore,
  NodeStore,
  OpenOptions,
  ReplicaStateKey,
  StoreOpenError,
} from './store.js'
import { throwIfAborted } from './throw-if-aborted.js'

/** Payloads in the execution layer's own database. */
export interface PayloadSource {
  /** The payload at height `n`; undefined when it is not there (any more). */
  get(n: bigint, o: Partial<CallOptions>): Promise<Uint8Array | undefined>
  /**
   * Stores the payload at height `n`; resolves when durable, and the certificate is written only after that. Idempotent; after a
   * crash or a reset another payload may be put at the same height.
   */
  put(n: bigint, payload: Uint8Array, o: Partial<CallOptions>): Promise<void>
  /** Told that blocks below `before` are no longer served; may delete their payloads. */
  prune?(before: bigint, o: Partial<CallOptions>): Promise<void>
}

/** What {@link splitStore} joins. */
export interface SplitStoreOptions {
  readonly payloads: PayloadSource
  /** Keeps everything else; open a level store with `payloads: 'elsewhere'`, or payloads are stored twice. */
  readonly certificates: NodeStore
}

/**
 * A store whose payloads live in the execution layer's own database, and all else in another store. `get` checks the hash of a
 * final block's payload; closing closes the other store.
 */
export function splitStore(o: SplitStoreOptions): NodeStore {
  return new SplitStore(o.payloads, o.certificates)
}

class SplitStore implements NodeStore {
  readonly addresses?: AddressStore
  readonly marks?: HeightMarkStore
  readonly appendAndSave?: NonNullable<NodeStore['appendAndSave']>
  readonly #payloads: PayloadSource
  readonly #certificates: NodeStore
  /** Ends when the last append that was begun has ended. */
  #appends: Promise<unknown> = Promise.resolve()

  constructor(payloads: PayloadSource, certificates: NodeStore) {
    this.#payloads = payloads
    this.#certificates = certificates
    if (certificates.addresses) this.addresses = certificates.addresses
    if (certificates.marks) this.marks = certificates.marks
    const appendAndSave = certificates.appendAndSave?.bind(certificates)
    if (appendAndSave) {
      this.appendAndSave = (block, change, o = {}) =>
        this.#putThen(block, o, () => appendAndSave(block, change, o))
    }
  }

  get epochs(): EpochStore {
    return this.#certificates.epochs
  }

  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>> {
    return this.#certificates.open(genesis, o)
  }

  range(): BlockRange {
    return this.#certificates.range()
  }

  async get(n: bigint, o: Partial<CallOptions> = {}): Promise<Block | undefined> {
    const block = await this.#certificates.get(n, o)
    if (block === undefined || block.payload.length > 0) return block
    const payload = await this.#payloads.get(n, o)
    if (n < this.range().first) return undefined
    if (payload === undefined) throw payloadError(n, 'has no payload for it')
    if (block.kind === 'preGenesis') return { ...block, payload }
    const hash = await hashPayloadBySteps(payload, yieldTurn)
    if (bytesEqual(hash, block.payloadHash))
      return createFinalBlock(payload, block.justification, hash)
    const [has, wants] = [toHex(hash), toHex(block.payloadHash)]
    throw payloadError(n, `has a payload with hash ${has}, but ${wants} is certified`)
  }

  async append(block: Block, o: Partial<CallOptions> = {}): Promise<void> {
    return this.#putThen(block, o, () => this.#certificates.append(block, o))
  }

  /** Puts the payload, and then does what refers to it; one block after another. */
  #putThen(block: Block, o: Partial<CallOptions>, write: () => Promise<void>): Promise<void> {
    const result = this.#appends.then(async () => {
      throwIfAborted(o)
      assertAppendable(block, this.range(), undefined)
      await this.#payloads.put(block.number, block.payload, o)
      await write()
    })
    this.#appends = result.catch(() => undefined)
    return result
  }

  async prune(before: bigint, o: Partial<CallOptions> = {}): Promise<void> {
    await this.#certificates.prune?.(before, o)
    await this.#payloads.prune?.(this.range().first, o)
  }

  watch(o: CallOptions): AsyncIterable<BlockRange> {
    return this.#certificates.watch(o)
  }

  load(key: ReplicaStateKey): Promise<ReplicaState | undefined> {
    return this.#certificates.load(key)
  }

  save(key: ReplicaStateKey, state: ReplicaState): Promise<void> {
    return this.#certificates.save(key, state)
  }

  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined> {
    return this.#certificates.highestEpoch(genesis, validator)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#appends
    await this.#certificates[Symbol.asyncDispose]()
  }
}

function payloadError(n: bigint, problem: string): StorageError {
  return new StorageError(
    'STORE_PAYLOAD',
    `block ${n} is certified, but the execution layer ${problem}`,
  )
}
