import { hash32 } from '@zkstack/crypto'
import type { StoredGenesis } from '../store.js'
import { checksumBytes } from './checked-record.js'
import { FieldReader, FieldWriter } from './fields.js'

/** The newest record of one replica state. */
export interface StateHead {
  /** SHA-256 of genesis, validator and epoch. */
  readonly id: Uint8Array
  readonly genesis: Uint8Array
  readonly validator: Uint8Array
  readonly epoch: bigint
  /** Sequence number of the write that made the record. */
  readonly sequence: bigint
  /** Checksum of the record. */
  readonly checksum: Uint8Array
}

/**
 * The root of a store: everything that is kept is reached from here by checksums, and every write replaces it in the same batch.
 * The witness file holds its sequence number and checksum.
 */
export interface Head {
  /** Number of the write; 0 for the one that created the store. */
  readonly sequence: bigint
  /** 16 random bytes, drawn when the store was created. */
  readonly storeId: Uint8Array
  /** Checksum of the head before; zeros at sequence 0. */
  readonly previous: Uint8Array
  readonly genesis: StoredGenesis | undefined
  readonly first: bigint
  readonly next: bigint
  /** Checksum of the index entry at `next - 1`; zeros when there is none. */
  readonly tip: Uint8Array
  readonly states: readonly StateHead[]
}

/** Bytes of a store's random name. */
export const storeIdBytes = 16
/** Where the chain of digests begins. */
export const noChecksum: Uint8Array = new Uint8Array(checksumBytes)

/** The body of a head record. */
export function encodeHead(head: Head): Uint8Array {
  const { genesis, states } = head
  const writer = new FieldWriter()
    .u64(head.sequence)
    .fixed(head.storeId)
    .fixed(head.previous)
    .u8(genesis === undefined ? 0 : 1)
  if (genesis !== undefined) {
    writer.fixed(genesis.hash).u64(genesis.chainId).u64(genesis.forkNumber).u64(genesis.firstBlock)
  }
  writer.u64(head.first).u64(head.next).fixed(head.tip).u32(states.length)
  for (const state of states) {
    writer.fixed(state.id).fixed(state.genesis).bytes(state.validator).u64(state.epoch)
    writer.u64(state.sequence).fixed(state.checksum)
  }
  return writer.finish()
}

/** Inverse of {@link encodeHead}. Throws StorageError `STORE_CORRUPT`. */
export function decodeHead(body: Uint8Array): Head {
  const reader = new FieldReader('meta', body)
  const head: Head = {
    sequence: reader.u64(),
    storeId: reader.fixed(storeIdBytes),
    previous: reader.fixed(checksumBytes),
    genesis: reader.u8() === 0 ? undefined : readGenesis(reader),
    first: reader.u64(),
    next: reader.u64(),
    tip: reader.fixed(checksumBytes),
    states: reader.list(readStateHead),
  }
  reader.end()
  return head
}

function readGenesis(reader: FieldReader): StoredGenesis {
  const hash = hash32(reader.fixed(32))
  return { hash, chainId: reader.u64(), forkNumber: reader.u64(), firstBlock: reader.u64() }
}

function readStateHead(reader: FieldReader): StateHead {
  return {
    id: reader.fixed(32),
    genesis: reader.fixed(32),
    validator: reader.bytes(),
    epoch: reader.u64(),
    sequence: reader.u64(),
    checksum: reader.fixed(checksumBytes),
  }
}
