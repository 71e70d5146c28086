import { keccak256, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../src/types/address.js'

const encoder = new TextEncoder()

/** Numbers and bytes that depend on a seed alone: keccak256 in counter mode. Never for keys of value. */
export class SeededBytes {
  readonly #seed: Hash32
  #counter = 0

  constructor(seed: string) {
    this.#seed = keccak256(encoder.encode(seed))
  }

  /** A stream that depends on this one's seed and the label, not on how much was drawn. */
  split(label: string): SeededBytes {
    return new SeededBytes(`${toHex(this.#seed)}/${label}`)
  }

  /** 32 bytes. */
  hash(): Hash32 {
    const counter = new Uint8Array(8)
    new DataView(counter.buffer).setBigUint64(0, BigInt(this.#counter++))
    return keccak256(this.#seed, counter)
  }

  /** 20 bytes. */
  address(): Address {
    return address(this.hash().slice(12))
  }

  /** A whole number from 0 to `end` − 1, for an `end` of at most 2^32. */
  below(end: number): number {
    return Number(this.#uint64() % BigInt(end))
  }

  /** An unsigned number of at most so many bits, 256 at most; small ones come often. */
  bigint(bits = 256): bigint {
    const width = BigInt(this.below(bits + 1))
    let value = 0n
    for (const byte of this.hash()) value = (value << 8n) | BigInt(byte)
    return value & ((1n << width) - 1n)
  }

  /** One of these. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('items: nothing to pick from')
    return items[this.below(items.length)] as T
  }

  #uint64(): bigint {
    const { buffer, byteOffset } = this.hash()
    return new DataView(buffer, byteOffset).getBigUint64(0)
  }
}
