import { concatBytes, DecodeError } from '@zkstack/crypto'

const VARINT = 0
const DELIMITED = 2
const MAX_U64 = 2n ** 64n - 1n

/** A field of a message before it is written: a varint or bytes; `undefined` fields are left out. */
export type ProtoField = readonly [number: number, value: bigint | Uint8Array | undefined]

/** A protobuf message; like every proto3 writer it leaves out varints that are 0. @see https://protobuf.dev/programming-guides/encoding/ */
export function encodeFields(...fields: readonly ProtoField[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [number, value] of fields) {
    if (value === undefined || value === 0n) continue
    if (typeof value === 'bigint') parts.push(varint(BigInt(number << 3)), varint(value))
    else parts.push(varint(BigInt((number << 3) | DELIMITED)), varint(BigInt(value.length)), value)
  }
  return concatBytes(...parts)
}

/** The fields of a protobuf message, the last one where a field stands twice. Unknown ones are passed over by who reads. */
export class ProtoFields {
  readonly #fields = new Map<number, bigint | Uint8Array>()
  readonly #name: string

  /** @throws DecodeError `TRUNCATED`, `OUT_OF_RANGE`, `WRONG_TYPE` */
  constructor(name: string, bytes: Uint8Array) {
    this.#name = name
    let at = 0
    const next = (): bigint => {
      const read = readVarint(bytes, at)
      at = read.end
      return read.value
    }
    while (at < bytes.length) {
      const tag = next()
      const number = Number(tag >> 3n)
      const wireType = Number(tag & 7n)
      if (wireType === VARINT) this.#fields.set(number, next())
      else if (wireType === DELIMITED) {
        const length = next()
        if (length > BigInt(bytes.length - at)) throw new DecodeError('TRUNCATED', name, at)
        this.#fields.set(number, bytes.slice(at, at + Number(length)))
        at += Number(length)
      } else throw new DecodeError('WRONG_TYPE', `${name}: wire type ${wireType}`, at)
    }
  }

  has(number: number): boolean {
    return this.#fields.has(number)
  }

  /** A varint; 0 where there is none. @throws DecodeError `WRONG_TYPE` */
  varint(number: number): bigint {
    const value = this.#fields.get(number) ?? 0n
    if (typeof value !== 'bigint') throw this.#wrong(number)
    return value
  }

  /** Bytes; none where there are none. @throws DecodeError `WRONG_TYPE` */
  bytes(number: number): Uint8Array {
    const value = this.#fields.get(number) ?? new Uint8Array()
    if (typeof value === 'bigint') throw this.#wrong(number)
    return value
  }

  /** Bytes of that length. @throws DecodeError `WRONG_TYPE`, `BAD_LENGTH` */
  fixed(number: number, length: number): Uint8Array {
    const value = this.bytes(number)
    if (value.length === length) return value
    throw new DecodeError(
      'BAD_LENGTH',
      `${this.#name}: field ${number} has ${value.length} bytes, not ${length}`,
    )
  }

  /** A message within the message. @throws DecodeError */
  message(number: number): ProtoFields {
    return new ProtoFields(`${this.#name}.${number}`, this.bytes(number))
  }

  #wrong(number: number): DecodeError {
    return new DecodeError('WRONG_TYPE', `${this.#name}: field ${number}`)
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Uint8Array.from([...bytes, Number(rest)])
}

function readVarint(
  bytes: Uint8Array,
  start: number,
): { readonly value: bigint; readonly end: number } {
  let value = 0n
  for (let at = start, shift = 0n; shift < 70n; at++, shift += 7n) {
    const byte = bytes[at]
    if (byte === undefined) throw new DecodeError('TRUNCATED', 'a number is cut off', at)
    value |= BigInt(byte & 0x7f) << shift
    if (byte >= 0x80) continue
    if (value > MAX_U64) break
    return { value, end: at + 1 }
  }
  throw new DecodeError('OUT_OF_RANGE', 'a number of more than 64 bits', start)
}
