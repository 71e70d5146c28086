import type { CanonicalReader, DecodeOptions } from '../codec/canonical-reader.js'
import { decodeWith } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import { encodeWith } from '../codec/canonical-writer.js'
import type { SocketAddress, Timestamp } from './std.js'
import { readSocketAddress, readTimestamp, writeSocketAddress, writeTimestamp } from './std.js'
import { compareNumbers } from './view.js'

/** Where a validator can be reached, as it announces itself. */
export interface NetAddress {
  readonly addr: SocketAddress
  /** Counts up, so that an announcement after a restart overrides those of the run before. */
  readonly version: bigint
  readonly timestamp: Timestamp
}

/** Whether `a` replaces `b`: by version, then time. */
export function isNewerNetAddress(a: NetAddress, b: NetAddress): boolean {
  const order =
    compareNumbers(a.version, b.version) ||
    compareNumbers(a.timestamp.seconds, b.timestamp.seconds) ||
    a.timestamp.nanos - b.timestamp.nanos
  return order > 0
}

/** Writes the body of a net address: address 1, version 2, timestamp 3. */
export function writeNetAddress(writer: CanonicalWriter, value: NetAddress): void {
  writer.message(3, writeTimestamp, value.timestamp)
  writer.uint64(2, value.version)
  writer.message(1, writeSocketAddress, value.addr)
}

/** Reads the body of a net address. */
export function readNetAddress(reader: CanonicalReader): NetAddress {
  const addr = reader.message(1, readSocketAddress)
  const version = reader.uint64(2)
  const timestamp = reader.message(3, readTimestamp)
  return { addr, version, timestamp }
}

/** Canonical bytes of a net address. */
export function encodeNetAddress(value: NetAddress): Uint8Array {
  return encodeWith(writeNetAddress, value)
}

/** Inverse of {@link encodeNetAddress}. @throws DecodeError */
export function decodeNetAddress(bytes: Uint8Array, options?: DecodeOptions): NetAddress {
  return decodeWith(readNetAddress, bytes, options)
}
