import { keccak256, type Hash32 } from '@zkstack/crypto'

const uint64Max = 0xffff_ffff_ffff_ffffn

/**
 * Bytes that are about to be hashed, of a length known in advance, written from front to back.
 *
 * A number that does not fit its width is a RangeError: two values never have one preimage because one of them was cut.
 */
export class Preimage {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(length: number) {
    this.#bytes = new Uint8Array(length)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(value: number): this {
    this.#bytes[this.#at++] = value
    return this
  }

  u32be(value: number): this {
    this.#view.setUint32(this.#at, uint32(value))
    this.#at += 4
    return this
  }

  u32le(value: number): this {
    this.#view.setUint32(this.#at, uint32(value), true)
    this.#at += 4
    return this
  }

  u64be(value: bigint): this {
    this.#view.setBigUint64(this.#at, unsigned(64, value))
    this.#at += 8
    return this
  }

  u64le(value: bigint): this {
    this.#view.setBigUint64(this.#at, unsigned(64, value), true)
    this.#at += 8
    return this
  }

  u256be(value: bigint): this {
    for (let rest = unsigned(256, value), at = this.#at + 24; rest > 0n; rest >>= 64n, at -= 8) {
      this.#view.setBigUint64(at, rest & uint64Max)
    }
    this.#at += 32
    return this
  }

  u256le(value: bigint): this {
    for (let rest = unsigned(256, value), at = this.#at; rest > 0n; rest >>= 64n, at += 8) {
      this.#view.setBigUint64(at, rest & uint64Max, true)
    }
    this.#at += 32
    return this
  }

  /** Leaves `count` bytes zero. */
  zeros(count: number): this {
    this.#at += count
    return this
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#at)
    this.#at += value.length
    return this
  }

  /** Begins anew: every byte is zero again, and the next is the first. */
  rewind(): this {
    this.#bytes.fill(0)
    this.#at = 0
    return this
  }

  /** The bytes themselves, not a copy. */
  finish(): Uint8Array {
    return this.#bytes
  }

  keccak256(): Hash32 {
    return keccak256(this.#bytes)
  }
}

function uint32(value: number): number {
  if (value >>> 0 === value) return value
  throw new RangeError(`expected an unsigned 32-bit number, got ${value}`)
}

function unsigned(bits: number, value: bigint): bigint {
  if (BigInt.asUintN(bits, value) === value) return value
  throw new RangeError(`expected an unsigned ${bits}-bit number, got ${value}`)
}

/** keccak256 of any number of digests, one after another. */
export function hashAll(digests: readonly Hash32[]): Hash32 {
  const preimage = new Preimage(32 * digests.length)
  for (const digest of digests) preimage.bytes(digest)
  return preimage.keccak256()
}
