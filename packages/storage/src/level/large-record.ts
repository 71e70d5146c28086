import { createHash } from 'node:crypto'
import {
  assertChecksum,
  checksumBytes,
  recordPrefix,
  type CheckedRecord,
} from './checked-record.js'

/** Bytes that are copied and hashed at once: a tenth of a millisecond of work. */
const stepBytes = 64 * 1024

/** Whether a body, or a whole record, is too long to be hashed in one go. */
export function isLargeRecord(bytes: Uint8Array): boolean {
  return bytes.length > stepBytes
}

/** `checkedRecord` for a long body, with a turn for others after each 64 KiB; the body must not change meanwhile. */
export async function checkedLargeRecord(
  table: string,
  key: Uint8Array,
  body: Uint8Array,
  yieldTurn: () => Promise<void>,
): Promise<CheckedRecord> {
  const value = new Uint8Array(checksumBytes + body.length)
  const hash = createHash('sha256').update(recordPrefix(table, key))
  for (let at = 0; at < body.length; at += stepBytes) {
    const step = body.subarray(at, at + stepBytes)
    value.set(step, checksumBytes + at)
    hash.update(step)
    await yieldTurn()
  }
  const checksum = new Uint8Array(hash.digest())
  value.set(checksum)
  return { value, checksum }
}

/**
 * `checkedBody` for a long record, with a turn for others after each 64 KiB.
 * @throws StorageError `STORE_CORRUPT` when the checksum is wrong.
 */
export async function checkedLargeBody(
  table: string,
  key: Uint8Array,
  value: Uint8Array,
  yieldTurn: () => Promise<void>,
): Promise<Uint8Array> {
  const body = value.subarray(checksumBytes)
  const hash = createHash('sha256').update(recordPrefix(table, key))
  for (let at = 0; at < body.length; at += stepBytes) {
    hash.update(body.subarray(at, at + stepBytes))
    await yieldTurn()
  }
  assertChecksum(table, value, new Uint8Array(hash.digest()))
  return body
}
