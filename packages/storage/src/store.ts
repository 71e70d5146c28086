import type { Hash32, Result } from '@zkstack/crypto'
import type { Block, CommitQC, EpochRecord, Genesis, ReplicaState } from '@zkstack/roles'
import type { CallOptions } from './execution-layer.js'

/** The newest block of a store. */
export type BlockTip =
  | { readonly type: 'preGenesis'; readonly number: bigint }
  | { readonly type: 'final'; readonly qc: CommitQC }

/** The heights that a store holds: [first, next), contiguous. */
export interface BlockRange {
  readonly first: bigint
  readonly next: bigint
  /** The block at `next - 1`; undefined when the store is empty, that is when `first === next`. */
  readonly last: BlockTip | undefined
}

/** Canonical bytes of a block as `encodeBlock` gives them, in pieces one after another; not to be changed. */
export type EncodedBlock = readonly Uint8Array[]

/** How much {@link BlockStore.getEncoded} gives. */
export interface EncodedRun {
  /** Blocks at most. */
  readonly count: number
  /** Bytes at most; a single block may be larger. */
  readonly maxBytes: number
}

/** A contiguous run of blocks that grows at its end and may be pruned at its start. */
export interface BlockStore extends AsyncDisposable {
  /** What is durable now. */
  range(): BlockRange
  /**
   * The block at height `n`; undefined when it was pruned or is not there yet.
   * @throws StorageError `STORE_CORRUPT`, `STORE_GAP` when what is stored is not what was written.
   */
  get(n: bigint, o?: Partial<CallOptions>): Promise<Block | undefined>
  /**
   * The blocks from height `first` on, without a gap, for whoever hands them on unread; none when that height was pruned or is
   * not there yet. Absent: `encodedBlocks` encodes what `get` gives.
   * @throws StorageError as `get` does.
   */
  getEncoded?(first: bigint, run: EncodedRun): Promise<EncodedBlock[]>
  /**
   * Adds the block with number `range().next`; resolves once it is synced to disk. All or nothing. Calls that do not wait for
   * one another are taken in their order, so that a store may write several blocks at once.
   * @throws StorageError `STORE_ORDER` for any other number.
   */
  append(block: Block, o?: Partial<CallOptions>): Promise<void>
  /**
   * `append` and `save` in one write, of a store that keeps states too: all or nothing. Absent: one is written after the other.
   * @throws StorageError as the two do; of `STORE_ORDER` and `STORE_EPOCH` nothing is written.
   */
  appendAndSave?(block: Block, change: StateChange, o?: Partial<CallOptions>): Promise<void>
  /** Removes the blocks below `before`, except the newest block, which always stays. */
  prune?(before: bigint, o?: Partial<CallOptions>): Promise<void>
  /**
   * Yields the range now and after each change; slow readers get only the newest. Ends when the store closes.
   * @throws AbortError when the signal aborts.
   */
  watch(o: CallOptions): AsyncIterable<BlockRange>
}

/** Whose state: no other genesis, validator or epoch may read it. */
export interface ReplicaStateKey {
  readonly genesis: Hash32
  /** Public key bytes of the validator. */
  readonly validator: Uint8Array
  readonly epoch: bigint
}

/** A state that replaces the one before. */
export interface StateChange {
  readonly key: ReplicaStateKey
  readonly state: ReplicaState
}

/** Keeps what a replica must never forget: what it voted for. */
export interface ReplicaStateStore {
  /**
   * The state of the last acknowledged `save`, or a later one that was under way; undefined when there never was one.
   * @throws StorageError `STORE_CORRUPT`, `STORE_GAP` instead of an older state.
   */
  load(key: ReplicaStateKey): Promise<ReplicaState | undefined>
  /**
   * Replaces the state; resolves once it is synced to disk. All or nothing.
   * @throws StorageError `STORE_EPOCH` when a state two or more epochs later was saved.
   */
  save(key: ReplicaStateKey, state: ReplicaState): Promise<void>
  /** The highest epoch for which a state was saved; no lower one may be started again. */
  highestEpoch(genesis: Hash32, validator: Uint8Array): Promise<bigint | undefined>
}

/** Keeps who rules in which epoch: for restarts, and for light clients, who follow the chain of epochs. Never pruned. */
export interface EpochStore {
  /** The highest epoch with a record; undefined when there is none. */
  latest(): Promise<bigint | undefined>
  /** @throws StorageError `STORE_CORRUPT`. */
  get(epoch: bigint): Promise<EpochRecord | undefined>
  /**
   * Adds the next epoch, the first one being any, or adds the certificate to a known one; resolves once it is synced to disk.
   * @throws StorageError `STORE_ORDER` for a gap, `STORE_CONFLICT` for another committee or first block than is stored.
   */
  save(record: EpochRecord): Promise<void>
}

/** Keeps the version of the last address that a validator announced, so that a restart never announces an older one. */
export interface AddressStore {
  /** Undefined when there was none. @throws StorageError `STORE_CORRUPT`. */
  version(validator: Uint8Array): Promise<bigint | undefined>
  /** Resolves once it is synced to disk; a lower one changes nothing. */
  saveVersion(validator: Uint8Array, version: bigint): Promise<void>
}

/** At a moment of wall-clock time, in milliseconds since 1970, the chain had grown to `next`. */
export interface HeightMark {
  readonly next: bigint
  /** A whole number. */
  readonly utcMs: number
}

/** Keeps when the chain had grown how far, so that pruning by age goes on after a restart. */
export interface HeightMarkStore {
  /** What was saved last; none at first. @throws StorageError `STORE_CORRUPT`. */
  load(): Promise<readonly HeightMark[]>
  /** Replaces them; resolves once that is synced to disk. */
  save(marks: readonly HeightMark[]): Promise<void>
}

/** The genesis to which a store is bound. */
export interface StoredGenesis {
  readonly hash: Hash32
  readonly chainId: bigint
  readonly forkNumber: bigint
  readonly firstBlock: bigint
}

/**
 * Why a store refuses a genesis.
 *
 * - `WRONG_CHAIN`: another chain id. Always refused.
 * - `FORK_REGRESSED`: a lower fork number. Always refused.
 * - `GENESIS_MISMATCH`: another genesis with the same fork number (always refused), or a higher fork number when
 *   `onGenesisChange` is `'refuse'`.
 */
export interface StoreOpenError {
  readonly code: 'WRONG_CHAIN' | 'FORK_REGRESSED' | 'GENESIS_MISMATCH'
  readonly message: string
  readonly stored: StoredGenesis
}

/** Options of {@link NodeStore.open}. */
export interface OpenOptions {
  /**
   * What a higher fork number does: `refuse`, or `reset`: in one write all replica states and epochs are wiped, blocks from the new
   * first block on are dropped, and earlier ones stay as pre-genesis blocks without a justification.
   */
  readonly onGenesisChange: 'refuse' | 'reset'
}

/** Everything that a node keeps. */
export interface NodeStore extends BlockStore, ReplicaStateStore {
  readonly epochs: EpochStore
  /** Absent: versions of announced addresses are forgotten at the end. */
  readonly addresses?: AddressStore
  /** Absent: ages of blocks count from the start of the process. */
  readonly marks?: HeightMarkStore
  /** Binds the store to a genesis; to be called before the first write, idempotent. */
  open(genesis: Genesis, o: OpenOptions): Promise<Result<void, StoreOpenError>>
}
