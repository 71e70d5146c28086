/** Writes the elements of bincode with fixed-width integers. */
export class BincodeWriter {
  readonly #littleEndian: boolean
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian
  }

  u8(value: number): void {
    const at = this.#reserve(1)
    this.#view.setUint8(at, value)
  }

  u32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setUint32(at, value, this.#littleEndian)
  }

  u64(value: bigint): void {
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, value, this.#littleEndian)
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  /** The bytes, in an array of exactly their length. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  /** Makes room for `count` bytes, in another array if need be, and returns where they go. */
  #reserve(count: number): number {
    const start = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length)
      grown.set(this.#bytes.subarray(0, start))
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return start
  }
}
