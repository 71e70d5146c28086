import { hash32, type Hash32 } from '@zkstack/crypto'
import { checksumBytes } from './checked-record.js'
import { FieldReader, FieldWriter } from './fields.js'

/** What the index says of one block. */
export interface BlockEntry {
  readonly kind: 'preGenesis' | 'final'
  /** The fork under which it was written; a final block of an earlier fork is served as a pre-genesis block. */
  readonly forkNumber: bigint
  readonly payloadHash: Hash32
  /** Whether the payload is in this store. */
  readonly payloadHere: boolean
  /** Checksum of the certificate's record. */
  readonly certificate: Uint8Array
  /** Checksum of the entry before; zeros at the first. */
  readonly previous: Uint8Array
}

const entryBytes = 1 + 8 + 32 + 1 + 2 * checksumBytes

/** The body of an index entry. */
export function encodeBlockEntry(entry: BlockEntry): Uint8Array {
  return new FieldWriter(entryBytes)
    .u8(entry.kind === 'final' ? 1 : 0)
    .u64(entry.forkNumber)
    .fixed(entry.payloadHash)
    .u8(entry.payloadHere ? 1 : 0)
    .fixed(entry.certificate)
    .fixed(entry.previous)
    .finish()
}

/** Inverse of {@link encodeBlockEntry}. Throws StorageError `STORE_CORRUPT`. */
export function decodeBlockEntry(body: Uint8Array): BlockEntry {
  const reader = new FieldReader('block', body)
  const entry: BlockEntry = {
    kind: reader.u8() === 1 ? 'final' : 'preGenesis',
    forkNumber: reader.u64(),
    payloadHash: hash32(reader.fixed(32)),
    payloadHere: reader.u8() === 1,
    certificate: reader.fixed(checksumBytes),
    previous: reader.fixed(checksumBytes),
  }
  reader.end()
  return entry
}
