import { hash32, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../../types/address.js'
import type { LeafType } from '../../types/bridge-exit.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import type { GlobalIndex } from '../../types/global-index.js'
import { globalIndexFromBigint, globalIndexToBigint } from '../../hashes/global-index-hash.js'
import { decodeUtf8 } from '../bincode/elements.js'
import { CodecFailure } from '../codec-error.js'
import { bigintFromBytes, bytesFromBigint } from '../u256.js'
import { delimited, mapped, message, single, type Field, type Message } from './message.js'
import type { WireFields } from './wire.js'

function varint(fields: WireFields, number: number, bits: bigint): bigint | undefined {
  const value = single(fields, number)
  if (value === undefined) return undefined
  if (typeof value !== 'bigint')
    throw new CodecFailure('WRONG_TYPE', 'expected a varint, got bytes')
  if (value >> bits === 0n) return value
  throw new CodecFailure('OUT_OF_RANGE', `expected a number of at most ${bits} bits`)
}

/** An unsigned number; 0 is not written. */
function unsigned(number: number, bits: bigint): Field<bigint> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value < 0n || value >> bits > 0n) {
        throw new RangeError(`protobuf: expected an unsigned ${bits}-bit number, got ${value}`)
      }
      if (value > 0n) writer.varint(number, value)
    },
    read: (fields) => varint(fields, number, bits) ?? 0n,
  }
}

/** `uint32` */
export function uint32(number: number): Field<number> {
  const wide = unsigned(number, 32n)
  return {
    numbers: [number],
    write: (writer, value) => wide.write(writer, BigInt(value)),
    read: (fields) => Number(wide.read(fields)),
  }
}

/** `optional uint32` */
export function optionalUint32(number: number): Field<number | undefined> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value === 0) writer.varint(number, 0n)
      else if (value !== undefined) uint32(number).write(writer, value)
    },
    read(fields) {
      const value = varint(fields, number, 32n)
      return value === undefined ? undefined : Number(value)
    },
  }
}

/** `uint64` */
export function uint64(number: number): Field<bigint> {
  return unsigned(number, 64n)
}

/** `optional uint64` */
export function optionalUint64(number: number): Field<bigint | undefined> {
  const wide = uint64(number)
  return {
    numbers: [number],
    write(writer, value) {
      if (value === 0n) writer.varint(number, 0n)
      else if (value !== undefined) wide.write(writer, value)
    },
    read: (fields) => varint(fields, number, 64n),
  }
}

/** `bytes`; an empty string is not written. */
export function bytes(number: number): Field<Uint8Array> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value.length > 0) writer.bytes(number, value)
    },
    read: (fields) => delimited(single(fields, number) ?? new Uint8Array()).slice(),
  }
}

/** `string` */
export function string(number: number): Field<string> {
  const encoded = bytes(number)
  return {
    numbers: [number],
    write: (writer, value) => encoded.write(writer, new TextEncoder().encode(value)),
    read: (fields) => decodeUtf8(encoded.read(fields)),
  }
}

/** `optional string` */
export function optionalString(number: number): Field<string | undefined> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value !== undefined) writer.bytes(number, new TextEncoder().encode(value))
    },
    read(fields) {
      const value = single(fields, number)
      return value === undefined ? undefined : decodeUtf8(delimited(value))
    },
  }
}

/** An enum whose values count from 1 in the order given; 0 is "unspecified", and refused. */
export function enumeration<T extends string>(number: number, ...known: readonly T[]): Field<T> {
  const value = optionalEnumeration(number, ...known)
  return {
    ...value,
    read(fields) {
      const read = value.read(fields)
      if (read !== undefined) return read
      throw new CodecFailure('BAD_VARIANT', `0 is none of ${known.join(', ')}`)
    },
  }
}

/** An {@link enumeration} that may be absent. */
export function optionalEnumeration<T extends string>(
  number: number,
  ...known: readonly T[]
): Field<T | undefined> {
  return {
    numbers: [number],
    write(writer, value) {
      if (value !== undefined) writer.varint(number, BigInt(known.indexOf(value) + 1))
    },
    read(fields) {
      const value = varint(fields, number, 64n)
      if (value === undefined) return undefined
      const name = value > 0n && value <= 64n ? known[Number(value) - 1] : undefined
      if (name !== undefined) return name
      throw new CodecFailure('BAD_VARIANT', `${value} is none of ${known.join(', ')}`)
    },
  }
}

/** What a bridge exit moves. */
export function leafType(number: number): Field<LeafType> {
  return enumeration<LeafType>(number, 'transfer', 'message')
}

/** A message around a byte string of fixed length. */
function fixedBytes(length: number): Message<Uint8Array> {
  return mapped(
    message<{ readonly value: Uint8Array }>({ value: bytes(1) }),
    (value) => ({ value }),
    ({ value }) => {
      if (value.length === length) return value
      throw new CodecFailure('BAD_LENGTH', `expected ${length} bytes, got ${value.length}`)
    },
  )
}

/** `FixedBytes32` */
export const hash: Message<Hash32> = mapped(fixedBytes(32), hash32, hash32)

/** `FixedBytes20` */
export const addressBytes: Message<Address> = mapped(fixedBytes(20), address, address)

/** `FixedBytes32`, big-endian */
export const u256: Message<bigint> = mapped(fixedBytes(32), bytesFromBigint, bigintFromBytes)

/** `FixedBytes32`, big-endian */
export const globalIndex: Message<GlobalIndex> = mapped(u256, globalIndexToBigint, (value) => {
  const index = globalIndexFromBigint(value)
  if (index) return index
  throw new CodecFailure('OUT_OF_RANGE', 'there is no such rollup')
})

/** `FixedBytes65`: r ‖ s ‖ v, of which v is written as 27 or 28, and read as 0 or 1 too. */
export const ecdsaSignature: Message<EcdsaSignature> = mapped(
  fixedBytes(65),
  ({ r, s, oddYParity }) => {
    const encoded = new Uint8Array(65)
    encoded.set(bytesFromBigint(r))
    encoded.set(bytesFromBigint(s), 32)
    encoded[64] = oddYParity ? 28 : 27
    return encoded
  },
  (encoded) => ({
    r: bigintFromBytes(encoded.subarray(0, 32)),
    s: bigintFromBytes(encoded.subarray(32, 64)),
    oddYParity: parityOf(encoded[64]),
  }),
)

function parityOf(v: number | undefined): boolean {
  if (v === 0 || v === 27) return false
  if (v === 1 || v === 28) return true
  throw new CodecFailure('BAD_VARIANT', `${v} is no parity`)
}
