import { fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../../types/address.js'
import { CodecFailure, within } from '../codec-error.js'
import { TWO_256 } from '../u256.js'
import { digitsOf, itemsOf, textOf, type Json } from './json.js'
import { JsonNumber } from './json-value.js'

/** A JSON number below 2^bits. */
function unsigned(bits: bigint): Json<bigint> {
  return {
    write(value) {
      if (value >= 0n && value >> bits === 0n) return new JsonNumber(String(value))
      throw new RangeError(`json: expected an unsigned ${bits}-bit number, got ${value}`)
    },
    read(value) {
      const number = digitsOf(value)
      if (number >> bits === 0n) return number
      throw new CodecFailure('OUT_OF_RANGE', `expected a number of at most ${bits} bits`)
    },
  }
}

function small(bits: bigint): Json<number> {
  const wide = unsigned(bits)
  return {
    write: (value) => wide.write(BigInt(value)),
    read: (value) => Number(wide.read(value)),
  }
}

/** An unsigned byte. */
export const u8: Json<number> = small(8n)

/** An unsigned 32-bit number. */
export const u32: Json<number> = small(32n)

/** An unsigned 64-bit number. */
export const u64: Json<bigint> = unsigned(64n)

/** `true` or `false`. */
export const bool: Json<boolean> = {
  write: (value) => value,
  read(value) {
    if (typeof value === 'boolean') return value
    throw new CodecFailure('WRONG_TYPE', 'expected true or false')
  },
}

/** Any text. */
export const text: Json<string> = { write: (value) => value, read: textOf }

/** `0x` and 64 lower-case digits; any number of `0x`, or none, is read. */
export const hash: Json<Hash32> = {
  write: (value) => `0x${toHex(value)}`,
  read: (value) => hash32(hexBytes(textOf(value).replace(/^(0x)+/, ''), 32)),
}

/** `0x` and 40 lower-case digits; both cases, and no prefix, are read. */
export const addressHex: Json<Address> = {
  write: (value) => `0x${toHex(value)}`,
  read: (value) => address(hexBytes(textOf(value).replace(/^0x/, ''), 20)),
}

/** The fewest hexadecimal digits after `0x`; a decimal text or a number is read too. */
export const u256: Json<bigint> = {
  write(value) {
    if (value >= 0n && value < TWO_256) return `0x${value.toString(16)}`
    throw new RangeError(`json: expected an unsigned 256-bit number, got ${value}`)
  },
  read(value) {
    const number = typeof value === 'string' ? numberOfText(value) : digitsOf(value)
    if (number < TWO_256) return number
    throw new CodecFailure('OUT_OF_RANGE', 'expected a number of at most 256 bits')
  },
}

/** A list of numbers, one a byte. */
export const byteNumbers: Json<Uint8Array> = {
  write: (value) => Array.from(value, (byte) => u8.write(byte)),
  read(value) {
    return Uint8Array.from(itemsOf(value), (byte, index) => within(index, () => u8.read(byte)))
  },
}

function numberOfText(text: string): bigint {
  if (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(text) && text.length <= MAX_TEXT) return BigInt(text)
  throw new CodecFailure('BAD_TEXT', 'expected a number, in decimal or as 0x and hexadecimal')
}

/** Longer texts cannot be numbers of 256 bits, unless they start with zeros without end. */
const MAX_TEXT = 128

function hexBytes(digits: string, length: number): Uint8Array {
  if (digits.length !== 2 * length) {
    const message = `expected ${2 * length} hexadecimal digits, got ${digits.length}`
    throw new CodecFailure('BAD_LENGTH', message)
  }
  const bytes = fromHex(digits)
  if (bytes) return bytes
  throw new CodecFailure('BAD_TEXT', 'expected hexadecimal digits')
}
