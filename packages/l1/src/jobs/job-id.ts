import type { Random } from '@zkstack/concurrency'

declare const jobIdBrand: unique symbol

/** A ULID: 48 bits of milliseconds since the Unix epoch and 80 random bits, 16 bytes big-endian. @see https://github.com/ulid/spec */
export type JobId = Uint8Array & { readonly [jobIdBrand]: true }

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TEXT_LENGTH = 26
const MAX_TIME_MS = 2 ** 48 - 1

/**
 * Marks 16 bytes as a job's id; the array is not copied.
 * @throws RangeError when the length is not 16.
 */
export function jobId(bytes: Uint8Array): JobId {
  if (bytes.length !== 16) throw new RangeError(`jobId: expected 16 bytes, got ${bytes.length}`)
  return bytes as JobId
}

/** A fresh id. @throws RangeError unless the time, in milliseconds since the Unix epoch, fits 48 bits. */
export function createJobId(utcMs: number, random: Random): JobId {
  const time = Math.floor(utcMs)
  if (!(time >= 0 && time <= MAX_TIME_MS)) throw new RangeError(`utcMs: out of range: ${utcMs}`)
  const bytes = new Uint8Array(16)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time) << 16n)
  bytes.set(random.bytes(10), 6)
  return jobId(bytes)
}

/** When the id was made: milliseconds since the Unix epoch. */
export function jobIdTimeMs(id: JobId): number {
  return Number(new DataView(id.buffer, id.byteOffset, 8).getBigUint64(0) >> 16n)
}

/** The id in Crockford's base 32, 26 characters, as operators see it. */
export function formatJobId(id: JobId): string {
  let rest = id.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let i = 0; i < TEXT_LENGTH; i++, rest >>= 5n) {
    text = (alphabet[Number(rest & 31n)] ?? '') + text
  }
  return text
}

/** Inverse of {@link formatJobId}, in either case; `undefined` for anything else. */
export function parseJobId(text: string): JobId | undefined {
  if (text.length !== TEXT_LENGTH) return undefined
  let value = 0n
  for (const character of text.toUpperCase()) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) return undefined
    value = (value << 5n) | BigInt(digit)
  }
  if (value >> 128n > 0n) return undefined
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, value >> 64n)
  view.setBigUint64(8, BigInt.asUintN(64, value))
  return jobId(bytes)
}
