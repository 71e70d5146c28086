import { CodecFailure } from '../codec-error.js'

/** The value of a field as it stands on the wire: a varint, or bytes. */
export type WireValue = bigint | Uint8Array

/** The values of a message's known fields, in order, by field number. */
export type WireFields = ReadonlyMap<number, readonly WireValue[]>

const VARINT = 0
const FIXED_64 = 1
const DELIMITED = 2
const FIXED_32 = 5

/**
 * Takes a message apart. Fields may stand in any order; those not `known`, by number with their names, are skipped, groups are
 * refused. Byte strings are views of the input.
 * @throws CodecFailure
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function wireFields(bytes: Uint8Array, known: ReadonlyMap<number, string>): WireFields {
  const fields = new Map<number, WireValue[]>()
  const cursor = new Cursor(bytes)
  while (!cursor.isAtEnd) {
    const tag = cursor.varint()
    const field = Number(tag >> 3n)
    if (field < 1 || field >= 2 ** 29) throw new CodecFailure('BAD_VARIANT', `no field ${field}`)
    const wireType = Number(tag & 7n)
    const value = cursor.value(wireType)
    const name = known.get(field)
    if (name === undefined) continue
    if (value === undefined) {
      throw new CodecFailure('WRONG_TYPE', `the field has wire type ${wireType}`).inside(name)
    }
    const values = fields.get(field)
    if (values) values.push(value)
    else fields.set(field, [value])
  }
  return fields
}

class Cursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The value after a tag; `undefined` for the fixed-width types, which no message here has. */
  value(wireType: number): WireValue | undefined {
    switch (wireType) {
      case VARINT:
        return this.varint()
      case DELIMITED:
        return this.#take(this.varint())
      case FIXED_64:
        this.#take(8n)
        return undefined
      case FIXED_32:
        this.#take(4n)
        return undefined
      default:
        throw new CodecFailure('BAD_VARIANT', `wire type ${wireType}`)
    }
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new CodecFailure('TRUNCATED', 'the varint is cut off')
      value |= BigInt(byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (value >> 64n > 0n) break
      return value
    }
    throw new CodecFailure('OUT_OF_RANGE', 'a varint of more than 64 bits')
  }

  #take(count: bigint): Uint8Array {
    const left = this.#bytes.length - this.#at
    if (count > BigInt(left)) {
      throw new CodecFailure('TRUNCATED', `expected ${count} bytes, ${left} are left`)
    }
    const start = this.#at
    this.#at += Number(count)
    return this.#bytes.subarray(start, this.#at)
  }
}

/** Puts the fields of a message together, in the order in which they are written. */
export class ProtoWriter {
  #bytes = new Uint8Array(128)
  #length = 0

  varint(field: number, value: bigint): void {
    this.#varint(BigInt((field << 3) | VARINT))
    this.#varint(value)
  }

  bytes(field: number, value: Uint8Array): void {
    this.#varint(BigInt((field << 3) | DELIMITED))
    this.#varint(BigInt(value.length))
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #varint(value: bigint): void {
    this.#reserve(10)
    let rest = value
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(rest)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(2 * (this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
