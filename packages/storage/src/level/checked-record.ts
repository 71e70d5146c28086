import { createHash, hash } from 'node:crypto'
import { bytesEqual, concatBytes } from '@zkstack/crypto'
import { StorageError } from '../storage-error.js'

/** A record as it is stored, and the SHA-256 that stands at its start and names it elsewhere. */
export interface CheckedRecord {
  readonly value: Uint8Array
  readonly checksum: Uint8Array
}

/** Up to here a copy costs less than a hash in two steps. */
const shortBytes = 4 * 1024

/** Bytes of the checksum in front of a record's body. */
export const checksumBytes = 32

/**
 * Puts a checksum before a body: SHA-256 over table, key and body, so that a record under another key is as wrong as a changed
 * one. Layout: checksum (32) ‖ body.
 */
export function checkedRecord(table: string, key: Uint8Array, body: Uint8Array): CheckedRecord {
  const prefix = prefixOf(table, key)
  const headBytes = prefix.length + key.length
  // One array for both: what is hashed ends with the body, and the checksum then takes the place of what was before it.
  const at = Math.max(headBytes, checksumBytes)
  const bytes = new Uint8Array(at + body.length)
  writeAscii(bytes, prefix, at - headBytes)
  bytes.set(key, at - key.length)
  bytes.set(body, at)
  const checksum = sha256(bytes.subarray(at - headBytes))
  bytes.set(checksum, at - checksumBytes)
  return { value: bytes.subarray(at - checksumBytes), checksum }
}

/** The pieces of {@link checkedRecord}'s value; a body that is not short is not copied. */
export function checkedPieces(
  table: string,
  key: Uint8Array,
  body: Uint8Array,
): readonly Uint8Array[] {
  if (body.length <= shortBytes) return [checkedRecord(table, key, body).value]
  return [checksumOf(table, key, body), body]
}

/**
 * The body of a record: a view of `value`.
 * @throws StorageError `STORE_CORRUPT` when the checksum is wrong.
 */
export function checkedBody(table: string, key: Uint8Array, value: Uint8Array): Uint8Array {
  const body = value.subarray(checksumBytes)
  assertChecksum(table, value, checksumOf(table, key, body))
  return body
}

/** Throws StorageError `STORE_CORRUPT` unless a record begins with this checksum. */
export function assertChecksum(table: string, value: Uint8Array, checksum: Uint8Array): void {
  if (bytesEqual(storedChecksum(value), checksum)) return
  throw new StorageError(
    'STORE_CORRUPT',
    `a record of table '${table}' does not have its checksum: the disk has changed it`,
  )
}

/** The checksum that a stored record carries, unchecked. */
export function storedChecksum(value: Uint8Array): Uint8Array {
  return value.slice(0, checksumBytes)
}

function checksumOf(table: string, key: Uint8Array, body: Uint8Array): Uint8Array {
  const prefix = recordPrefix(table, key)
  if (body.length <= shortBytes) return sha256(concatBytes(prefix, body))
  return new Uint8Array(createHash('sha256').update(prefix).update(body).digest())
}

/** What is hashed before a body. */
export function recordPrefix(table: string, key: Uint8Array): Uint8Array {
  const prefix = prefixOf(table, key)
  const head = new Uint8Array(prefix.length + key.length)
  writeAscii(head, prefix, 0)
  head.set(key, prefix.length)
  return head
}

function prefixOf(table: string, key: Uint8Array): string {
  return `${table}\0${key.length}\0`
}

function writeAscii(bytes: Uint8Array, text: string, at: number): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
