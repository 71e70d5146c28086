import { hash } from 'node:crypto'
import { concatBytes, DecodeError, hash32, type Hash32 } from '@zkstack/crypto'
import { decodeReplicaState, encodeReplicaState, type ReplicaState } from '@zkstack/roles'
import { StorageError } from '../storage-error.js'
import type { ReplicaStateKey } from '../store.js'
import { checksumBytes } from './checked-record.js'
import { be64, FieldReader, FieldWriter } from './fields.js'

/** How many records of one replica state are kept, the newest included. */
export const keptStateRecords = 3

/** A replica state as stored: its payloads are records of their own, written once. */
export interface StateRecord {
  /** How often this state was saved before. */
  readonly index: bigint
  /** Sequence number and checksum of the record before; 0 and zeros at index 0. */
  readonly previousSequence: bigint
  readonly previous: Uint8Array
  /** The state without its proposals. */
  readonly state: ReplicaState
  readonly proposals: readonly ProposalReference[]
}

/** Names a payload record. */
export interface ProposalReference {
  readonly number: bigint
  readonly hash: Hash32
}

/** SHA-256 over genesis, validator and epoch, each with its length. */
export function stateId(key: ReplicaStateKey): Uint8Array {
  const body = new FieldWriter().bytes(key.genesis).bytes(key.validator).u64(key.epoch).finish()
  return new Uint8Array(hash('sha256', body, 'buffer'))
}

/** Key of a record: id (32) ‖ sequence number (8). */
export function stateRecordKey(id: Uint8Array, sequence: bigint): Uint8Array {
  return concatBytes(id, be64(sequence))
}

/** Key of a payload: height (8) ‖ keccak256 of the payload (32). */
export function payloadKey(number: bigint, hash: Uint8Array): Uint8Array {
  return concatBytes(be64(number), hash)
}

/** The body of a state record. */
export function encodeStateRecord(record: StateRecord): Uint8Array {
  const writer = new FieldWriter()
    .u64(record.index)
    .u64(record.previousSequence)
    .fixed(record.previous)
    .bytes(encodeReplicaState({ ...record.state, proposals: [] }))
    .u32(record.proposals.length)
  for (const { number, hash } of record.proposals) writer.u64(number).fixed(hash)
  return writer.finish()
}

/** Inverse of {@link encodeStateRecord}. Throws StorageError `STORE_CORRUPT`. */
export function decodeStateRecord(body: Uint8Array): StateRecord {
  const reader = new FieldReader('state', body)
  const record: StateRecord = {
    index: reader.u64(),
    previousSequence: reader.u64(),
    previous: reader.fixed(checksumBytes),
    state: decodeState(reader.bytes()),
    proposals: reader.list((r) => ({ number: r.u64(), hash: hash32(r.fixed(32)) })),
  }
  reader.end()
  return record
}

function decodeState(bytes: Uint8Array): ReplicaState {
  try {
    return decodeReplicaState(bytes)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    throw new StorageError('STORE_CORRUPT', 'a replica state does not decode', { cause: e })
  }
}
