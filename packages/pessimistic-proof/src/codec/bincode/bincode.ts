import type { Result } from '@zkstack/crypto'
import { CodecFailure, decoded, type CodecError } from '../codec-error.js'
import { BincodeReader } from './bincode-reader.js'
import { BincodeWriter } from './bincode-writer.js'

/** How a type is laid out in bincode. */
export interface Bincode<T> {
  /** The fewest bytes that a value takes: what bounds the length of lists. */
  readonly minBytes: number
  /** @throws RangeError when the value does not fit its type. */
  write(writer: BincodeWriter, value: T): void
  /** @throws CodecFailure */
  read(reader: BincodeReader): T
}

/** One of the two codecs over bincode with fixed-width integers. */
export interface BincodeCodec {
  /** @throws RangeError when a number in the value does not fit its type. */
  encode<T>(layout: Bincode<T>, value: T): Uint8Array
  decode<T>(layout: Bincode<T>, bytes: Uint8Array): Result<T, CodecError>
}

function bincodeCodec(littleEndian: boolean, allowTrailing: boolean): BincodeCodec {
  return {
    encode(layout, value) {
      const writer = new BincodeWriter(littleEndian)
      layout.write(writer, value)
      return writer.finish()
    },
    decode(layout, bytes) {
      return decoded(() => {
        const reader = new BincodeReader(bytes, littleEndian)
        const value = layout.read(reader)
        if (reader.left > 0 && !allowTrailing) {
          throw new CodecFailure('TRAILING_BYTES', `${reader.left} bytes after the value`)
        }
        return value
      })
    },
  }
}

/**
 * Big-endian, without trailing bytes: storage and public values.
 * @see interop crates/agglayer-bincode
 */
export const contracts: BincodeCodec = bincodeCodec(false, false)

/**
 * Little-endian, trailing bytes ignored: the inputs of SP1 programs, and public values inside messages.
 * @see interop crates/agglayer-bincode
 */
export const sp1Compatible: BincodeCodec = bincodeCodec(true, true)
