import { StorageError } from '../storage-error.js'

/** The error for a database file that is not as LevelDB left it. */
export function fileError(file: string, problem: string): StorageError {
  return new StorageError(
    'STORE_CORRUPT',
    `${file}: ${problem}: the disk has changed it; do not vote with this validator key again before its epoch has ended`,
  )
}

/** Reads LevelDB's encodings: little-endian numbers, varints, length-prefixed strings. Every method throws StorageError `STORE_CORRUPT`. */
export class FileReader {
  at: number
  readonly #file: string
  readonly #bytes: Uint8Array
  readonly #end: number

  constructor(file: string, bytes: Uint8Array, at = 0, end = bytes.length) {
    this.at = at
    this.#file = file
    this.#bytes = bytes
    this.#end = end
  }

  get done(): boolean {
    return this.at >= this.#end
  }

  /** A number below 2^53 in 7-bit groups, the lowest first. */
  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#take(1)[0] as number
      value += (byte & 0x7f) * scale
      if (value > Number.MAX_SAFE_INTEGER) throw fileError(this.#file, 'a number is too large')
      if (byte < 0x80) return value
    }
  }

  /** 4 bytes. */
  u32(): number {
    const [a, b, c, d] = this.#take(4) as unknown as [number, number, number, number]
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
  }

  /** A view of the next bytes. */
  bytes(length: number): Uint8Array {
    return this.#take(length)
  }

  /** A view of length-prefixed bytes. */
  string(): Uint8Array {
    return this.#take(this.varint())
  }

  #take(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.#end) throw fileError(this.#file, 'it ends too early')
    const taken = this.#bytes.subarray(this.at, end)
    this.at = end
    return taken
  }
}
