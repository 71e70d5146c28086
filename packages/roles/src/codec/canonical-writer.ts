import { sizeOfVarint, uint64Max } from './varint.js'

/** Byte strings of at least this many bytes are kept by reference until the end. */
const REFERENCE_BYTES = 1024

/** Writes the body of a message: its fields from the last to the first. */
export type WriteBody<T> = (writer: CanonicalWriter, value: T) => void

/**
 * Writes the canonical bytes of a message back to front: the fields of each message from the last to the first, so that the
 * length of a nested message is known when its tag is due, and nothing is measured or moved. Large byte strings are not
 * copied before {@link finish}, and never by {@link parts}. Field numbers are 1 to 15.
 */
export class CanonicalWriter {
  #buffer = new Uint8Array(256)
  /** Index of the first byte written in the buffer. */
  #start = 256
  /** Finished parts behind the buffer's, the last of all first. */
  readonly #behind: Uint8Array[] = []
  #behindBytes = 0

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#start + this.#behindBytes
  }

  /** @throws RangeError unless the value fits 64 unsigned bits. */
  uint64(field: number, value: bigint): void {
    if (value < 0n || value > uint64Max) throw new RangeError(`uint64: out of range: ${value}`)
    this.#varint64(value)
    this.#tag(field, 0)
  }

  /** Negative numbers take ten bytes. @throws RangeError unless the value fits 64 signed bits. */
  int64(field: number, value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`int64: out of range: ${value}`)
    this.#varint64(BigInt.asUintN(64, value))
    this.#tag(field, 0)
  }

  /** @throws RangeError unless the value fits 32 unsigned bits. */
  uint32(field: number, value: number): void {
    if (value >>> 0 !== value) throw new RangeError(`uint32: out of range: ${value}`)
    this.#varint(value)
    this.#tag(field, 0)
  }

  bool(field: number, value: boolean): void {
    this.#varint(value ? 1 : 0)
    this.#tag(field, 0)
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length >= REFERENCE_BYTES) {
      this.#flush()
      this.#behind.push(value)
      this.#behindBytes += value.length
    } else {
      this.#reserve(value.length)
      this.#start -= value.length
      this.#buffer.set(value, this.#start)
    }
    this.#varint(value.length)
    this.#tag(field, 2)
  }

  message<T>(field: number, write: WriteBody<T>, value: T): void {
    const before = this.length
    write(this, value)
    this.#varint(this.length - before)
    this.#tag(field, 2)
  }

  /** {@link message} for a present value; nothing for `undefined`. */
  optional<T>(field: number, write: WriteBody<T>, value: T | undefined): void {
    if (value !== undefined) this.message(field, write, value)
  }

  repeated<T>(field: number, write: WriteBody<T>, values: readonly T[]): void {
    for (let i = values.length - 1; i >= 0; i--) this.message(field, write, values[i] as T)
  }

  /** The bytes in order, cut where large byte strings lie, which are the caller's own arrays. Write no more after it. */
  parts(): Uint8Array[] {
    const first = this.#buffer.subarray(this.#start)
    const rest = this.#behind.toReversed()
    return first.length === 0 ? rest : [first, ...rest]
  }

  /** The bytes, in an array of exactly their length. */
  finish(): Uint8Array {
    const joined = new Uint8Array(this.length)
    joined.set(this.#buffer.subarray(this.#start))
    let end = joined.length
    for (const part of this.#behind) joined.set(part, (end -= part.length))
    return joined
  }

  #tag(field: number, wireType: number): void {
    this.#reserve(1)
    this.#buffer[--this.#start] = (field << 3) | wireType
  }

  #varint64(value: bigint): void {
    if (value <= Number.MAX_SAFE_INTEGER) return this.#varint(Number(value))
    let rest = value
    const size = sizeOfVarint(value)
    this.#reserve(size)
    this.#start -= size
    for (let i = 0; i < size; i++, rest >>= 7n) {
      this.#buffer[this.#start + i] = Number(rest & 0x7fn) | (i < size - 1 ? 0x80 : 0)
    }
  }

  #varint(value: number): void {
    this.#reserve(8)
    let size = 1
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
    let at = (this.#start -= size)
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#buffer[at++] = (rest % 128) | 0x80
    this.#buffer[at] = rest
  }

  #reserve(bytes: number): void {
    if (this.#start >= bytes) return
    const used = this.#buffer.length - this.#start
    const grown = new Uint8Array(2 * this.#buffer.length + bytes)
    grown.set(this.#buffer.subarray(this.#start), grown.length - used)
    this.#start = grown.length - used
    this.#buffer = grown
  }

  #flush(): void {
    const used = this.#buffer.length - this.#start
    if (used === 0) return
    this.#behind.push(this.#buffer.subarray(this.#start))
    this.#behindBytes += used
    this.#buffer = new Uint8Array(256)
    this.#start = 256
  }
}

/** The canonical bytes of a message. */
export function encodeWith<T>(write: WriteBody<T>, value: T): Uint8Array {
  const writer = new CanonicalWriter()
  write(writer, value)
  return writer.finish()
}
