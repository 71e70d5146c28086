import { bytesEqual } from '@zkstack/crypto'
import type { CanonicalReader } from '../codec/canonical-reader.js'
import type { CanonicalWriter } from '../codec/canonical-writer.js'
import type { Schedule } from '../schedule/schedule.js'

/** A set of validators, as one bit an index of the schedule. Immutable. */
export class Signers {
  /** Number of bits: of validators in the schedule, not of signers. */
  readonly length: number
  readonly #bits: Uint8Array

  private constructor(length: number, bits: Uint8Array) {
    this.length = length
    this.#bits = bits
  }

  /** No signer among `length` validators. @throws RangeError unless `length` is a natural number. */
  static empty(length: number): Signers {
    if (!Number.isSafeInteger(length) || length < 0) throw new RangeError(`length: ${length}`)
    return new Signers(length, new Uint8Array(Math.ceil(length / 8)))
  }

  /** The validators at `indices`, in any order. @throws RangeError for an index outside `[0, length)`. */
  static of(length: number, indices: Iterable<number>): Signers {
    const signers = Signers.empty(length)
    for (const index of indices) signers.#set(index)
    return signers
  }

  /** The set with these bits, or `undefined` unless there are exactly `⌈length / 8⌉` bytes and the padding is zero. */
  static fromBytes(length: number, bits: Uint8Array): Signers | undefined {
    if (bits.length !== Math.ceil(length / 8)) return undefined
    const padding = (0xff >> (length % 8 || 8)) & (bits.at(-1) ?? 0)
    return padding === 0 ? new Signers(length, Uint8Array.from(bits)) : undefined
  }

  /** Whether the validator at `index` signed; false outside the set's length. */
  has(index: number): boolean {
    if (!this.#isIndex(index)) return false
    return ((this.#bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0
  }

  /** This set and the validator at `index`. @throws RangeError for an index outside `[0, length)`. */
  with(index: number): Signers {
    const signers = new Signers(this.length, this.#bits.slice())
    signers.#set(index)
    return signers
  }

  /** Number of signers. */
  get count(): number {
    let count = 0
    for (const byte of this.#bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count++
    return count
  }

  get isEmpty(): boolean {
    return this.#bits.every((byte) => byte === 0)
  }

  /** Signers of either set. @throws RangeError when the lengths differ. */
  union(other: Signers): Signers {
    this.#requireLengthOf(other)
    return new Signers(
      this.length,
      this.#bits.map((byte, i) => byte | (other.#bits[i] as number)),
    )
  }

  /** Signers of both sets. @throws RangeError when the lengths differ. */
  intersection(other: Signers): Signers {
    this.#requireLengthOf(other)
    return new Signers(
      this.length,
      this.#bits.map((byte, i) => byte & (other.#bits[i] as number)),
    )
  }

  /** Whether a validator is in both sets. @throws RangeError when the lengths differ. */
  intersects(other: Signers): boolean {
    this.#requireLengthOf(other)
    return this.#bits.some((byte, i) => (byte & (other.#bits[i] as number)) !== 0)
  }

  /** The signers' indices, ascending. */
  indices(): number[] {
    const indices: number[] = []
    this.#bits.forEach((byte, at) => {
      for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) indices.push(8 * at + bit)
    })
    return indices
  }

  /** Number of signers with an index below `index`. */
  rank(index: number): number {
    let rank = 0
    for (let i = 0; i < index; i++) if (this.has(i)) rank++
    return rank
  }

  /** Sum of the signers' weights. @throws RangeError when the schedule has another length. */
  weight(schedule: Schedule): bigint {
    if (schedule.length !== this.length) throw new RangeError('schedule: another length')
    let weight = 0n
    for (const index of this.indices()) weight += schedule.validators[index]?.weight ?? 0n
    return weight
  }

  /** Whether length and members are equal. */
  equals(other: Signers): boolean {
    return this.length === other.length && bytesEqual(this.#bits, other.#bits)
  }

  /** Canonical order: bit by bit from index 0, absent before present, a shorter set before the longer one it begins. */
  compare(other: Signers): number {
    const shared = Math.min(this.length, other.length)
    for (let at = 0; 8 * at < shared; at++) {
      const differing = (this.#bits[at] as number) ^ (other.#bits[at] as number)
      if (differing === 0) continue
      const index = 8 * at + Math.clz32(differing) - 24
      if (index < shared) return this.has(index) ? 1 : -1
    }
    return this.length - other.length
  }

  /** A copy of the bits: index i is bit `7 − i mod 8` of byte `⌊i / 8⌋`, the padding is zero. */
  toBytes(): Uint8Array {
    return this.#bits.slice()
  }

  /** The indices, for logs. */
  toJSON(): unknown {
    return { length: this.length, indices: this.indices() }
  }

  #isIndex(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.length
  }

  #set(index: number): void {
    if (!this.#isIndex(index)) {
      throw new RangeError(`index: ${index} is not in [0, ${this.length})`)
    }
    const at = index >> 3
    this.#bits[at] = (this.#bits[at] as number) | (0x80 >> (index & 7))
  }

  #requireLengthOf(other: Signers): void {
    if (this.length !== other.length) throw new RangeError('other: another length')
  }
}

/** Writes the body of a bit vector: size 1, bytes 2. */
export function writeSigners(writer: CanonicalWriter, signers: Signers): void {
  writer.bytes(2, signers.toBytes())
  writer.uint64(1, BigInt(signers.length))
}

/** Reads the body of a bit vector; its bytes are as many as the size needs and the padding is zero. */
export function readSigners(reader: CanonicalReader): Signers {
  const length = reader.uint32(1, reader.maxValidators)
  const at = reader.offset
  const bits = reader.bytes(2, Math.ceil(length / 8))
  return (
    Signers.fromBytes(length, bits) ?? reader.fail('NON_ZERO_PADDING', 'bits after the last', at)
  )
}
