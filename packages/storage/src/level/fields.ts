import { StorageError } from '../storage-error.js'

/** Bytes that a writer begins with unless told otherwise; most records fit. */
const firstBytes = 512

/** Writes the fields of a record: fixed-width big-endian numbers and length-prefixed bytes. */
export class FieldWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  /** @param bytes how many are expected; there is room for more. */
  constructor(bytes = firstBytes) {
    this.#bytes = new Uint8Array(bytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** 1 byte. */
  u8(value: number): this {
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
    return this
  }

  /** 4 bytes. */
  u32(value: number): this {
    const at = this.#grow(4)
    this.#view.setUint32(at, value)
    return this
  }

  /** 8 bytes. @throws RangeError outside of u64. */
  u64(value: bigint): this {
    assertU64(value)
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value)
    return this
  }

  /** Bytes whose number the reader knows. */
  fixed(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** u32 length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).fixed(bytes)
  }

  /** What was written; the writer must not be used any more. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Makes room for `count` bytes and returns where they begin. */
  #grow(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length <= this.#bytes.length) return at
    const bytes = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length))
    bytes.set(this.#bytes.subarray(0, at))
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
    return at
  }
}

/** Reads what a {@link FieldWriter} wrote. Throws StorageError `STORE_CORRUPT` where the bytes end too early or too late. */
export class FieldReader {
  readonly #bytes: Uint8Array
  readonly #table: string
  #at = 0

  constructor(table: string, bytes: Uint8Array) {
    this.#bytes = bytes
    this.#table = table
  }

  u8(): number {
    return this.#view(1).getUint8(0)
  }

  u32(): number {
    return this.#view(4).getUint32(0)
  }

  u64(): bigint {
    return this.#view(8).getBigUint64(0)
  }

  /** A copy of the next `length` bytes. */
  fixed(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#view(length)
    return new Uint8Array(buffer, byteOffset, length).slice()
  }

  /** A copy of length-prefixed bytes. */
  bytes(): Uint8Array {
    return this.fixed(this.u32())
  }

  /** Reads a list: u32 count, then the items. */
  list<T>(item: (reader: this) => T): T[] {
    const items: T[] = []
    for (let left = this.u32(); left > 0; left--) items.push(item(this))
    return items
  }

  /** Must be called at the end. */
  end(): void {
    if (this.#at !== this.#bytes.length) this.#fail()
  }

  #view(length: number): DataView {
    if (this.#at + length > this.#bytes.length) this.#fail()
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, length)
    this.#at += length
    return view
  }

  #fail(): never {
    throw new StorageError('STORE_CORRUPT', `a record of table '${this.#table}' has a wrong length`)
  }
}

/** 8 bytes, big-endian: sorts as the number does. @throws RangeError outside of u64. */
export function be64(value: bigint): Uint8Array {
  assertU64(value)
  const bytes = new Uint8Array(8)
  // By numbers: a view of so few bytes would have to take them out of the heap.
  let [high, low] = [Number(value >> 32n), Number(value & 0xffff_ffffn)]
  for (let i = 3; i >= 0; i--) {
    bytes[i] = high
    bytes[i + 4] = low
    high >>>= 8
    low >>>= 8
  }
  return bytes
}

function assertU64(value: bigint): void {
  if (value < 0n || BigInt.asUintN(64, value) !== value) {
    throw new RangeError(`${value} is not a 64-bit number`)
  }
}
