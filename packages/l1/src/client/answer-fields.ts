import { bytesEqual, fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'

/** Thrown while an answer is read, and caught where it came in: the answer is not what the question allows. */
export class AnswerError extends Error {}

/** The members of a JSON object. @throws AnswerError */
export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new AnswerError(`${what}: expected an object`)
}

/** The elements of a JSON array. @throws AnswerError */
export function arrayOf(value: unknown, what: string, maxLength = Infinity): readonly unknown[] {
  if (!Array.isArray(value)) throw new AnswerError(`${what}: expected an array`)
  if (value.length > maxLength)
    throw new AnswerError(`${what}: ${value.length} elements where at most ${maxLength} can be`)
  return value as unknown[]
}

/** A number of at most `bits` bits: `0x`, then digits without a leading zero. @throws AnswerError */
export function quantityOf(value: unknown, what: string, bits: 32 | 64 | 256 = 256): bigint {
  if (typeof value !== 'string' || !/^0x(0|[1-9a-fA-F][0-9a-fA-F]*)$/.test(value))
    throw new AnswerError(`${what}: expected a quantity`)
  if (value.length - 2 > bits / 4) throw new AnswerError(`${what}: expected at most ${bits} bits`)
  return BigInt(value)
}

/** A number of at most 32 bits. @throws AnswerError */
export function indexOf(value: unknown, what: string): number {
  return Number(quantityOf(value, what, 32))
}

/** Bytes: `0x`, then two digits for each. @throws AnswerError */
export function dataOf(value: unknown, what: string, length?: number): Uint8Array {
  const bytes =
    typeof value === 'string' && value.startsWith('0x') ? fromHex(value.slice(2)) : undefined
  if (bytes === undefined) throw new AnswerError(`${what}: expected bytes in hexadecimal`)
  if (length !== undefined && bytes.length !== length)
    throw new AnswerError(`${what}: expected ${length} bytes, got ${bytes.length}`)
  return bytes
}

/** 32 bytes. @throws AnswerError */
export function hashOf(value: unknown, what: string): Hash32 {
  return hash32(dataOf(value, what, 32))
}

/** 20 bytes, in any case of letters. @throws AnswerError */
export function addressOf(value: unknown, what: string): Address {
  return address(dataOf(value, what, 20))
}

/** Refuses an answer in which two byte strings that must be the same differ. @throws AnswerError */
export function requireSame(found: Uint8Array, expected: Uint8Array, what: string): void {
  if (!bytesEqual(found, expected))
    throw new AnswerError(`${what}: expected 0x${toHex(expected)}, got 0x${toHex(found)}`)
}

/** Bytes as JSON-RPC takes them. */
export function hexData(bytes: Uint8Array): `0x${string}` {
  return `0x${toHex(bytes)}`
}

/** A number as JSON-RPC takes it. @throws RangeError for a negative one. */
export function hexQuantity(value: bigint): `0x${string}` {
  if (value < 0n) throw new RangeError(`a quantity is not negative: ${value}`)
  return `0x${value.toString(16)}`
}
