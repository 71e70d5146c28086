import { DecodeError } from '@zkstack/crypto'

/** Options of every decoder. */
export interface DecodeOptions {
  /**
   * Set when nobody changes the input any more: payloads are then views of it instead of copies, and keep it alive.
   * All other byte fields are copied always.
   */
  readonly ownsBytes?: boolean
  /**
   * Largest number of validators that a bitmap may speak of, and so of messages in a TimeoutQC. Pass the schedule's length where
   * it is known: it bounds what a decoded message can take in memory. Default: 65 536.
   */
  readonly maxValidators?: number
}

/** Reads the body of a message: its fields in ascending order. */
export type ReadBody<T> = (reader: CanonicalReader) => T

/**
 * Reads canonical bytes, of which a message has exactly one: every method names the field that must come next, so unknown,
 * repeated and misplaced fields, other wire types, long varints and trailing bytes are all refused where they stand.
 * Throws nothing but {@link DecodeError}. Field numbers are 1 to 15.
 *
 * | code | meaning |
 * |---|---|
 * | `MISSING_FIELD` | the message ends before a required field |
 * | `UNEXPECTED_FIELD` | a field that is unknown, repeated, out of order, or stands where a required one must |
 * | `WRONG_WIRE_TYPE` | the right field in another wire type |
 * | `TRUNCATED` | a varint or a length that runs past the end |
 * | `NON_MINIMAL_VARINT` | a varint with superfluous bytes |
 * | `OUT_OF_RANGE` | a number larger than its type or its meaning allows |
 * | `BAD_LENGTH` | a byte string of the wrong length |
 *
 * @see docs/spec/messages.md C1 to C6
 */
export class CanonicalReader {
  readonly #bytes: Uint8Array
  readonly #options: DecodeOptions
  #at = 0
  #end: number

  /** @throws TypeError when the input is no `Uint8Array`. */
  constructor(bytes: Uint8Array, options?: DecodeOptions) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes: expected a Uint8Array')
    // A plain view, so that slices of a Buffer are copies and no Buffer leaves the package.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#options = options ?? {}
    this.#end = bytes.length
  }

  /** Position of the next byte in the input. */
  get offset(): number {
    return this.#at
  }

  /** See {@link DecodeOptions.maxValidators}. */
  get maxValidators(): number {
    return this.#options.maxValidators ?? 65_536
  }

  /** The number of the next field; 0 at the end of the message. */
  get nextField(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at] as number) >> 3 : 0
  }

  uint64(field: number): bigint {
    this.#tag(field, 0)
    return this.#varint()
  }

  int64(field: number): bigint {
    return BigInt.asIntN(64, this.uint64(field))
  }

  /** A number up to `max`, which is at most 2^53−1; default 2^32−1. */
  uint32(field: number, max = 0xffff_ffff): number {
    const at = this.#at
    const value = this.uint64(field)
    if (value > max) this.fail('OUT_OF_RANGE', `${value} is larger than ${max}`, at)
    return Number(value)
  }

  bool(field: number): boolean {
    return this.uint32(field, 1) === 1
  }

  /** A copy of a byte string, of exactly `length` bytes if that is given. */
  bytes(field: number, length?: number): Uint8Array {
    const [start, end] = this.#delimited(field, length)
    return this.#bytes.slice(start, end)
  }

  /** A byte string that may be large: a view of the input if the options say `ownsBytes`, else a copy. */
  payload(field: number): Uint8Array {
    const [start, end] = this.#delimited(field)
    return this.#options.ownsBytes
      ? this.#bytes.subarray(start, end)
      : this.#bytes.slice(start, end)
  }

  message<T>(field: number, read: ReadBody<T>): T {
    const [start, end] = this.#delimited(field)
    const outer = this.#end
    this.#at = start
    this.#end = end
    const value = read(this)
    this.finish()
    this.#end = outer
    return value
  }

  optional<T>(field: number, read: ReadBody<T>): T | undefined {
    return this.nextField === field ? this.message(field, read) : undefined
  }

  /** All elements of a repeated message, at most `max`; `read` is told the element's position in the list. */
  repeated<T>(
    field: number,
    read: (reader: CanonicalReader, index: number) => T,
    max = Number.POSITIVE_INFINITY,
  ): T[] {
    const values: T[] = []
    while (this.nextField === field) {
      if (values.length >= max) this.fail('OUT_OF_RANGE', `more than ${max} elements`)
      values.push(this.message(field, (reader) => read(reader, values.length)))
    }
    return values
  }

  /** Steps over a message and returns a reader of its body, for fields that can only be read after a later one. */
  deferred(field: number): CanonicalReader {
    const [start, end] = this.#delimited(field)
    const reader = new CanonicalReader(this.#bytes, this.#options)
    reader.#at = start
    reader.#end = end
    return reader
  }

  /** @throws DecodeError when bytes are left in the message. */
  finish(): void {
    if (this.#at < this.#end) this.fail('UNEXPECTED_FIELD', 'bytes after the last field')
  }

  /** @throws DecodeError always, at the current offset unless told otherwise. */
  fail(code: string, message: string, offset = this.#at): never {
    throw new DecodeError(code, message, offset)
  }

  #tag(field: number, wireType: number): void {
    if (this.#at >= this.#end) this.fail('MISSING_FIELD', `field ${field} is missing`)
    const tag = this.#bytes[this.#at] as number
    if (tag !== ((field << 3) | wireType)) {
      if (tag >> 3 === field) this.fail('WRONG_WIRE_TYPE', `field ${field} has another wire type`)
      this.fail('UNEXPECTED_FIELD', `expected field ${field}`)
    }
    this.#at++
  }

  #delimited(field: number, length?: number): readonly [start: number, end: number] {
    this.#tag(field, 2)
    const at = this.#at
    const size = this.#varint()
    if (size > this.#end - this.#at) this.fail('TRUNCATED', `length ${size} runs past the end`, at)
    const start = this.#at
    const end = start + Number(size)
    if (length !== undefined && end - start !== length) {
      this.fail('BAD_LENGTH', `expected ${length} bytes, got ${size}`, at)
    }
    this.#at = end
    return [start, end]
  }

  #varint(): bigint {
    const start = this.#at
    let low = 0
    for (let i = 0; i < 7; i++) {
      const byte = this.#varintByte(start)
      low += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) {
        if (byte === 0 && i > 0) this.fail('NON_MINIMAL_VARINT', 'superfluous bytes', start)
        return BigInt(low)
      }
    }
    return BigInt(low) + (this.#varintTail(start) << 49n)
  }

  /** Bytes eight to ten. */
  #varintTail(start: number): bigint {
    let high = 0
    for (let i = 0; i < 3; i++) {
      const byte = this.#varintByte(start)
      high += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) {
        if (byte === 0) this.fail('NON_MINIMAL_VARINT', 'superfluous bytes', start)
        if (high >= 2 ** 15) this.fail('OUT_OF_RANGE', 'more than 64 bits', start)
        return BigInt(high)
      }
    }
    return this.fail('OUT_OF_RANGE', 'more than 64 bits', start)
  }

  #varintByte(start: number): number {
    if (this.#at >= this.#end) this.fail('TRUNCATED', 'the varint is cut off', start)
    return this.#bytes[this.#at++] as number
  }
}

/** Decodes a whole input. @throws DecodeError */
export function decodeWith<T>(read: ReadBody<T>, bytes: Uint8Array, options?: DecodeOptions): T {
  const reader = new CanonicalReader(bytes, options)
  const value = read(reader)
  reader.finish()
  return value
}
