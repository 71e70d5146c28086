import { DecodeError, toHex } from '@zkstack/crypto'
import { Signers } from '@zkstack/roles'
import { mostNesting, valueTag } from './value-tag.js'

/**
 * Inverse of `encodeValue`. Memory is bounded by a multiple of the input; byte fields are copies.
 * @throws DecodeError
 */
export function decodeValue(bytes: Uint8Array): unknown {
  const reader = new ValueReader(bytes)
  const value = reader.value(0)
  reader.finish()
  return value
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

class ValueReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  finish(): void {
    if (this.#at < this.#bytes.length) this.#fail('TRAILING_BYTES', 'bytes after the value')
  }

  value(depth: number): unknown {
    if (depth > mostNesting) this.#fail('OUT_OF_RANGE', 'nested too deeply')
    const at = this.#take(1)
    const inner = depth + 1
    switch (this.#bytes[at]) {
      case valueTag.undefined:
        return undefined
      case valueTag.null:
        return null
      case valueTag.false:
        return false
      case valueTag.true:
        return true
      case valueTag.number:
        return this.#view.getFloat64(this.#take(8))
      case valueTag.bigint:
        return this.#bigint()
      case valueTag.string:
        return this.#string()
      case valueTag.bytes:
        return this.#byteString()
      case valueTag.array:
        return this.#values(inner)
      case valueTag.object:
        return this.#object(inner)
      case valueTag.map:
        return new Map(this.#times(() => [this.value(inner), this.value(inner)] as const))
      case valueTag.set:
        return new Set(this.#values(inner))
      case valueTag.signers:
        return this.#signers()
      default:
        return this.#fail('UNKNOWN_TAG', 'no such kind of value', at)
    }
  }

  #object(depth: number): unknown {
    const fields = this.#times(() => [this.#string(), this.value(depth)] as const)
    // `__proto__` becomes a field like any other.
    return Object.fromEntries(fields)
  }

  #values(depth: number): unknown[] {
    return this.#times(() => this.value(depth))
  }

  /** Every element takes at least one byte, so that a count beyond the input ends soon. */
  #times<T>(read: () => T): T[] {
    const count = this.#uint32()
    if (count > this.#bytes.length - this.#at) this.#fail('TRUNCATED', `${count} values`)
    const values: T[] = []
    for (let i = 0; i < count; i += 1) values.push(read())
    return values
  }

  #bigint(): bigint {
    const at = this.#take(1)
    const sign = this.#bytes[at]
    const digits = this.#byteString()
    if (digits.length === 0 || digits.length > 64 || (sign !== 0 && sign !== 1)) {
      return this.#fail('OUT_OF_RANGE', 'no number of a protocol', at)
    }
    const magnitude = BigInt(`0x${toHex(digits)}`)
    return sign === 1 ? -magnitude : magnitude
  }

  #signers(): Signers {
    const at = this.#at
    const length = this.#uint32()
    const signers = Signers.fromBytes(length, this.#byteString())
    return signers ?? this.#fail('BAD_LENGTH', 'a bitmap of another length', at)
  }

  #string(): string {
    const at = this.#at
    try {
      return utf8.decode(this.#byteString())
    } catch (e) {
      if (e instanceof DecodeError) throw e
      return this.#fail('BAD_TEXT', 'no UTF-8', at)
    }
  }

  #byteString(): Uint8Array {
    const length = this.#uint32()
    const at = this.#take(length)
    return this.#bytes.slice(at, at + length)
  }

  #uint32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  #take(bytes: number): number {
    const at = this.#at
    if (bytes > this.#bytes.length - at) this.#fail('TRUNCATED', 'the value is cut off', at)
    this.#at += bytes
    return at
  }

  #fail(code: string, message: string, offset = this.#at): never {
    throw new DecodeError(code, message, offset)
  }
}
