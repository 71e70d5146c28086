import { concatBytes, hash32, type Hash32 } from '@zkstack/crypto'
import { jobId, type JobId } from '@zkstack/l1'
import type { NetworkId } from '@zkstack/pessimistic-proof'
import type { RecordCodec } from './column.js'
import { corruptRecord } from './settlement-storage-error.js'

/** 4 bytes, big-endian. */
export function be32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** 8 bytes, big-endian. @throws RangeError outside of u64 */
export function be64(value: bigint): Uint8Array {
  if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} is no 64-bit number`)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}

/** Reads what {@link be32} writes. */
export function readBe32(bytes: Uint8Array, at = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at)
}

/** Reads what {@link be64} writes. */
export function readBe64(bytes: Uint8Array, at = 0): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(at)
}

/** Bytes of a fixed number. @throws SettlementStorageError `STORAGE_CORRUPT` */
function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes
  throw corruptRecord('a column', `expected ${length} bytes, got ${bytes.length}`)
}

/** A network: 4 bytes. */
export const networkKey: RecordCodec<NetworkId> = {
  encode: be32,
  decode: (bytes) => readBe32(sized(bytes, 4)),
}

/** A certificate id or another digest: 32 bytes. */
export const hashRecord: RecordCodec<Hash32> = {
  encode: (hash) => hash,
  decode: (bytes) => hash32(sized(bytes, 32).slice()),
}

/** A settlement job's id: 16 bytes. */
export const jobRecord: RecordCodec<JobId> = {
  encode: (id) => id,
  decode: (bytes) => jobId(sized(bytes, 16).slice()),
}

/** A place in a network's history. */
export interface NetworkHeight {
  readonly networkId: NetworkId
  readonly height: bigint
}

/** Network and height: 4 + 8 bytes. */
export const networkHeightKey: RecordCodec<NetworkHeight> = {
  encode: ({ networkId, height }) => concatBytes(be32(networkId), be64(height)),
  decode(bytes) {
    sized(bytes, 12)
    return { networkId: readBe32(bytes), height: readBe64(bytes, 4) }
  },
}

/** A place in an epoch. */
export interface EpochIndex {
  readonly epoch: bigint
  readonly index: bigint
}

/** Epoch and index: 8 + 8 bytes; the epoch takes the place of upstream's database for each. */
export const epochIndexKey: RecordCodec<EpochIndex> = {
  encode: ({ epoch, index }) => concatBytes(be64(epoch), be64(index)),
  decode(bytes) {
    sized(bytes, 16)
    return { epoch: readBe64(bytes), index: readBe64(bytes, 8) }
  },
}

/** A network within an epoch. */
export interface EpochNetwork {
  readonly epoch: bigint
  readonly networkId: NetworkId
}

/** Epoch and network: 8 + 4 bytes. */
export const epochNetworkKey: RecordCodec<EpochNetwork> = {
  encode: ({ epoch, networkId }) => concatBytes(be64(epoch), be32(networkId)),
  decode(bytes) {
    sized(bytes, 12)
    return { epoch: readBe64(bytes), networkId: readBe32(bytes, 8) }
  },
}

/** An epoch: 8 bytes, then the kind of record, in 4: `Packed`, 0, is the only one. */
export const epochMetadataKey: RecordCodec<bigint> = {
  encode: (epoch) => concatBytes(be64(epoch), be32(0)),
  decode: (bytes) => readBe64(sized(bytes, 12)),
}

/** A height or number: 8 bytes. */
export const u64Record: RecordCodec<bigint> = {
  encode: be64,
  decode: (bytes) => readBe64(sized(bytes, 8)),
}

/** One byte, 0 or 1. */
export const boolRecord: RecordCodec<boolean> = {
  encode: (value) => Uint8Array.of(value ? 1 : 0),
  decode: (bytes) => sized(bytes, 1)[0] === 1,
}

/** A position in a list of names: 4 bytes. */
export function namesKey<T extends string>(...names: readonly T[]): RecordCodec<T> {
  return {
    encode: (name) => be32(names.indexOf(name)),
    decode(bytes) {
      const name = names[readBe32(sized(bytes, 4))]
      if (name !== undefined) return name
      throw corruptRecord('a column', 'an unknown kind of record')
    },
  }
}

/** The number of an epoch behind the kind of record, which is 0: 4 + 8 bytes. */
export const epochMarkerRecord: RecordCodec<bigint> = {
  encode: (epoch) => concatBytes(be32(0), be64(epoch)),
  decode: (bytes) => readBe64(sized(bytes, 12), 4),
}
