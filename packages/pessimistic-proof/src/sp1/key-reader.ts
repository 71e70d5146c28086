import type { Bn254, Bn254G1, Bn254G2 } from '@zkstack/crypto'
import { bigintFromBytes } from '../codec/u256.js'
import { isScalar, scalarBytes } from './scalar-field.js'

/** Thrown inside the parsers of verifying keys, which turn it into a value. */
export class KeyFormError extends Error {
  override readonly name = 'KeyFormError'
}

/** Reads gnark's binary form of verifying keys: big-endian numbers and compressed points, one after another. */
export class KeyReader {
  readonly #bn254: Bn254
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bn254: Bn254, bytes: Uint8Array) {
    this.#bn254 = bn254
    this.#bytes = bytes
  }

  number(bytes: 4 | 8): number {
    const value = Number(bigintFromBytes(this.#take(bytes)))
    if (!Number.isSafeInteger(value)) throw new KeyFormError('number')
    return value
  }

  scalar(): bigint {
    const value = bigintFromBytes(this.#take(scalarBytes))
    if (!isScalar(value)) throw new KeyFormError('scalar')
    return value
  }

  g1(): Bn254G1 {
    const point = this.#bn254.decompressG1(this.#take(32))
    if (point === undefined) throw new KeyFormError('point of G1')
    return point
  }

  g2(): Bn254G2 {
    const point = this.#bn254.decompressG2(this.#take(64))
    if (point === undefined) throw new KeyFormError('point of G2')
    return point
  }

  skip(bytes: number): void {
    this.#take(bytes)
  }

  /** Throws unless the next number is `value`. */
  expect(value: number): void {
    if (this.number(4) !== value) throw new KeyFormError(`expected ${value}`)
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw new KeyFormError('length')
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#offset, this.#offset + length)
    if (taken.length !== length) throw new KeyFormError('length')
    this.#offset += length
    return taken
  }
}
