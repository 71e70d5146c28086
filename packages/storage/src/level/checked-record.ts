import { createHash, hash } from 'node:crypto'
import { bytesEqual } from '@zkstack/crypto'
import { StorageError } from '../storage-error.js'

/** A record as it is stored, and the SHA-256 that stands at its start and names it elsewhere. */
export interface CheckedRecord {
  readonly value: Uint8Array
  readonly checksum: Uint8Array
}

/** Bytes of the checksum in front of a record's body. */
export const checksumBytes = 32

/**
 * Puts a checksum before a body: SHA-256 over table, key and body, so that a record under another key is as wrong as a changed
 * one. Layout: checksum (32) ‖ body.
 */
export function checkedRecord(table: string, key: Uint8Array, body: Uint8Array): CheckedRecord {
  const checksum = checksumOf(table, key, body)
  const value = new Uint8Array(checksumBytes + body.length)
  value.set(checksum)
  value.set(body, checksumBytes)
  return { value, checksum }
}

/**
 * The body of a record: a view of `value`.
 * @throws StorageError `STORE_CORRUPT` when the checksum is wrong.
 */
export function checkedBody(table: string, key: Uint8Array, value: Uint8Array): Uint8Array {
  const body = value.subarray(checksumBytes)
  if (
    value.length < checksumBytes ||
    !bytesEqual(storedChecksum(value), checksumOf(table, key, body))
  ) {
    throw new StorageError(
      'STORE_CORRUPT',
      `a record of table '${table}' does not have its checksum: the disk has changed it`,
    )
  }
  return body
}

/** The checksum that a stored record carries, unchecked. */
export function storedChecksum(value: Uint8Array): Uint8Array {
  return value.slice(0, checksumBytes)
}

/** Bodies up to so many bytes are copied behind their prefix and hashed in one go, which costs less than a hash in parts. */
const smallBytes = 4096

function checksumOf(table: string, key: Uint8Array, body: Uint8Array): Uint8Array {
  const prefix = `${table}\0${key.length}\0`
  if (body.length > smallBytes) {
    const parts = createHash('sha256').update(prefix).update(key).update(body)
    return new Uint8Array(parts.digest())
  }
  const bytes = Buffer.allocUnsafe(prefix.length + key.length + body.length)
  bytes.write(prefix, 'latin1')
  bytes.set(key, prefix.length)
  bytes.set(body, prefix.length + key.length)
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
