import type { CanonicalReader } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'

/** A length of time. */
export interface Duration {
  /** Signed; rounded down for lengths below zero. */
  readonly seconds: bigint
  /** 0 to 999 999 999. */
  readonly nanos: number
}

/** A point in time, as its distance from the UNIX epoch. */
export type Timestamp = Duration

/** An IP address and a TCP port. */
export interface SocketAddress {
  /** 4 or 16 bytes in network order. */
  readonly ip: Uint8Array
  readonly port: number
}

const NANOS = 1_000_000_000

/** A time with the nanoseconds brought into their range. */
export function normalizeTimestamp(seconds: bigint, nanos: bigint): Timestamp {
  const rest = ((nanos % BigInt(NANOS)) + BigInt(NANOS)) % BigInt(NANOS)
  return { seconds: seconds + (nanos - rest) / BigInt(NANOS), nanos: Number(rest) }
}

/** Writes the body of a time: seconds 1, nanoseconds 2. @throws RangeError for nanoseconds out of range. */
export function writeTimestamp(writer: CanonicalWriter, time: Timestamp): void {
  if (time.nanos >= NANOS) throw new RangeError(`nanos: out of range: ${time.nanos}`)
  writer.uint32(2, time.nanos)
  writer.int64(1, time.seconds)
}

/** Reads the body of a time. */
export function readTimestamp(reader: CanonicalReader): Timestamp {
  const seconds = reader.int64(1)
  const nanos = reader.uint32(2, NANOS - 1)
  return { seconds, nanos }
}

/** Writes the body of a socket address: IP 1, port 2. @throws RangeError for an address or port out of range. */
export function writeSocketAddress(writer: CanonicalWriter, address: SocketAddress): void {
  if (address.port > 0xffff) throw new RangeError(`port: out of range: ${address.port}`)
  if (!isIpLength(address.ip)) throw new RangeError(`ip: ${address.ip.length} bytes`)
  writer.uint32(2, address.port)
  writer.bytes(1, address.ip)
}

/** Reads the body of a socket address. */
export function readSocketAddress(reader: CanonicalReader): SocketAddress {
  const at = reader.offset
  const ip = reader.bytes(1)
  if (!isIpLength(ip)) reader.fail('BAD_LENGTH', 'an IP address has 4 or 16 bytes', at)
  const port = reader.uint32(2, 0xffff)
  return { ip, port }
}

/** Writes the empty message. */
export function writeVoid(): void {}

/** Reads the empty message. */
export function readVoid(): void {}

function isIpLength(ip: Uint8Array): boolean {
  return ip.length === 4 || ip.length === 16
}
