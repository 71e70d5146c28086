import { CodecFailure } from '../codec-error.js'

/** Reads the elements of bincode with fixed-width integers from bytes that nobody vouches for. */
export class BincodeReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #littleEndian: boolean
  #at = 0

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    // A plain view, so that slices of a Buffer are copies and no Buffer leaves the package.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#littleEndian = littleEndian
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.#littleEndian)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.#littleEndian)
  }

  /** A copy of the next bytes. */
  bytes(count: number): Uint8Array {
    const start = this.#take(count)
    return this.#bytes.slice(start, start + count)
  }

  /** The length of a list whose items take at least `itemBytes` bytes each, refused if there is no room for them. */
  length(itemBytes: number): number {
    const length = this.u64()
    if (length * BigInt(itemBytes) > BigInt(this.left)) {
      throw new CodecFailure('TRUNCATED', `${length} items do not fit into ${this.left} bytes`)
    }
    return Number(length)
  }

  #take(count: number): number {
    if (count > this.left) {
      throw new CodecFailure('TRUNCATED', `expected ${count} bytes, ${this.left} are left`)
    }
    const start = this.#at
    this.#at += count
    return start
  }
}
