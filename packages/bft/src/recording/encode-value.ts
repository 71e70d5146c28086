import { HashedProposal, Signers } from '@zkstack/roles'
import { mostNesting, valueTag } from './value-tag.js'

const utf8 = new TextEncoder()

/** Bytes of any plain value: states, inputs and what they are made of. @throws TypeError for a function, a symbol or a class. */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ValueWriter()
  writer.value(value, 0)
  return writer.finish()
}

class ValueWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  value(value: unknown, depth: number): void {
    if (depth > mostNesting) throw new TypeError('value: nested too deeply, or in itself')
    switch (typeof value) {
      case 'undefined':
        return this.#uint8(valueTag.undefined)
      case 'boolean':
        return this.#uint8(value ? valueTag.true : valueTag.false)
      case 'number':
        return this.#number(value)
      case 'bigint':
        return this.#bigint(value)
      case 'string':
        this.#uint8(valueTag.string)
        return this.#text(value)
      case 'object':
        if (value === null) return this.#uint8(valueTag.null)
        return this.#object(value, depth + 1)
      default:
        throw new TypeError(`value: a ${typeof value} cannot be recorded`)
    }
  }

  #object(value: object, depth: number): void {
    if (value instanceof Uint8Array) {
      this.#uint8(valueTag.bytes)
      this.#bytesOf(value)
    } else if (Array.isArray(value)) {
      this.#many(valueTag.array, value, value.length, depth)
    } else if (value instanceof Map) {
      this.#many(valueTag.map, [...value].flat(1), value.size, depth)
    } else if (value instanceof Set) {
      this.#many(valueTag.set, value, value.size, depth)
    } else if (value instanceof Signers) {
      this.#uint8(valueTag.signers)
      this.#uint32(value.length)
      this.#bytesOf(value.toBytes())
    } else {
      this.#fields(value, depth)
    }
  }

  #fields(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    // what a hashed proposal is more than its fields comes back by hashing
    const isPlain = prototype === Object.prototype || value instanceof HashedProposal
    if (!isPlain && prototype !== null) {
      throw new TypeError('value: an instance of a class cannot be recorded')
    }
    const fields = Object.entries(value)
    this.#uint8(valueTag.object)
    this.#uint32(fields.length)
    for (const [name, field] of fields) {
      this.#text(name)
      this.value(field, depth)
    }
  }

  #many(tag: number, values: Iterable<unknown>, count: number, depth: number): void {
    this.#uint8(tag)
    this.#uint32(count)
    for (const value of values) this.value(value, depth)
  }

  #number(value: number): void {
    this.#uint8(valueTag.number)
    this.#reserve(8)
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }

  #bigint(value: bigint): void {
    this.#uint8(valueTag.bigint)
    this.#uint8(value < 0n ? 1 : 0)
    const hex = (value < 0n ? -value : value).toString(16)
    const even = hex.length % 2 === 0 ? hex : `0${hex}`
    this.#bytesOf(Uint8Array.from({ length: even.length / 2 }, (_, i) => byteAt(even, i)))
  }

  #uint8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  #uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value)
    this.#length += 4
  }

  /** Names are short and ASCII, and most of what is written: no detour through an encoder for them. */
  #text(text: string): void {
    const { length } = text
    this.#reserve(4 + length)
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return this.#bytesOf(utf8.encode(text))
      this.#bytes[this.#length + 4 + i] = code
    }
    this.#uint32(length)
    this.#length += length
  }

  #bytesOf(bytes: Uint8Array): void {
    this.#uint32(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(2 * this.#bytes.length + bytes)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

function byteAt(hex: string, index: number): number {
  return Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16)
}
