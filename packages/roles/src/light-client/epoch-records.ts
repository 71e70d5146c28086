import type { SignatureScheme } from '@zkstack/crypto'
import type { DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import { encodeWith } from '../codec/canonical-writer.js'
import { readEpochRecord, writeEpochRecord, type EpochRecord } from '../epoch/epoch-record.js'

/** Options of {@link decodeEpochRecords}. */
export interface DecodeEpochRecordsOptions extends DecodeOptions {
  /** Most records that are read. Default: 1 000. */
  readonly maxRecords?: number
}

/** Canonical bytes of epochs, in the order given: a message whose repeated field 1 is the records. */
export function encodeEpochRecords(records: readonly EpochRecord[]): Uint8Array {
  return encodeWith((writer, list) => {
    writer.repeated(1, writeEpochRecord, list)
  }, records)
}

/** Inverse of {@link encodeEpochRecords}; nothing is verified but the keys. @throws DecodeError */
export function decodeEpochRecords(
  bytes: Uint8Array,
  scheme: SignatureScheme,
  { maxRecords = 1_000, ...options }: DecodeEpochRecordsOptions = {},
): EpochRecord[] {
  return decodeWith(
    (reader) => reader.repeated(1, (r) => readEpochRecord(r, scheme), maxRecords),
    bytes,
    options,
  )
}
