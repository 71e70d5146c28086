import { StorageError } from '../storage-error.js'

/** Writes the fields of a record: fixed-width big-endian numbers and length-prefixed bytes. */
export class FieldWriter {
  readonly #parts: Uint8Array[] = []
  #length = 0

  /** 1 byte. */
  u8(value: number): this {
    return this.fixed(Uint8Array.of(value))
  }

  /** 4 bytes. */
  u32(value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, value)
    return this.fixed(bytes)
  }

  /** 8 bytes. */
  u64(value: bigint): this {
    return this.fixed(be64(value))
  }

  /** Bytes whose number the reader knows. */
  fixed(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.#length += bytes.length
    return this
  }

  /** u32 length, then the bytes. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).fixed(bytes)
  }

  /** What was written. */
  finish(): Uint8Array {
    const joined = new Uint8Array(this.#length)
    let at = 0
    for (const part of this.#parts) {
      joined.set(part, at)
      at += part.length
    }
    return joined
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
  if (value < 0n || value >= 1n << 64n) throw new RangeError(`${value} is not a 64-bit number`)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
