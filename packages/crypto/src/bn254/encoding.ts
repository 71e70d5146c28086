import { fromHex, toHex } from '../bytes.js'
import type { Bn254G1, Bn254G2, Bn254Lines, Bn254Term } from './bn254.js'

/** Characteristic of the base field of BN254. */
export const fieldCharacteristic =
  0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47n

/** Order r of the groups of BN254, and of the field of its scalars. */
export const bn254Order = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n

/** Bytes of a coordinate. */
export const coordinateBytes = 32

const flagBits = 0xc0
const smallerY = 0x80
const largerY = 0xc0

/** The big-endian number of up to 32 bytes. */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

/** 32 bytes big-endian of a number below 2²⁵⁶. */
export function toBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * coordinateBytes, '0')) ?? new Uint8Array(0)
}

/**
 * The coordinates in `bytes`, which must be exactly `count` of them, each below the characteristic and not all zero
 * (which would be infinity); `undefined` otherwise.
 */
export function coordinatesOf(bytes: Uint8Array, count: number): bigint[] | undefined {
  if (bytes.length !== count * coordinateBytes) return undefined
  const coordinates = Array.from({ length: count }, (_, i) =>
    toNumber(bytes.subarray(i * coordinateBytes, (i + 1) * coordinateBytes)),
  )
  const isCanonical = coordinates.every((value) => value < fieldCharacteristic)
  return isCanonical && coordinates.some((value) => value !== 0n) ? coordinates : undefined
}

/** What gnark's compressed form says of a point other than infinity: x in `count` coordinates, and which y is meant. */
export function compressedOf(
  bytes: Uint8Array,
  count: number,
): { x: bigint[]; isLarger: boolean } | undefined {
  const flags = (bytes[0] ?? 0) & flagBits
  if (flags !== smallerY && flags !== largerY) return undefined
  const plain = Uint8Array.from(bytes)
  plain[0] = (plain[0] ?? 0) & ~flagBits
  const x = coordinatesOf(plain, count)
  return x === undefined ? undefined : { x, isLarger: flags === largerY }
}

/** Whether a y coordinate, its most significant part first, is the larger of itself and its negative. */
export function isLargerY(y: readonly bigint[]): boolean {
  const deciding = y.find((part) => part !== 0n) ?? 0n
  return deciding > fieldCharacteristic / 2n
}

/** The 64 bytes of infinity. */
export function infinityG1(): Bn254G1 {
  return new Uint8Array(2 * coordinateBytes) as Bn254G1
}

/** Whether a point is infinity. */
export function isInfinityG1(point: Bn254G1): boolean {
  return point.every((byte) => byte === 0)
}

/** The point with the other y. */
export function negateG1(point: Bn254G1): Bn254G1 {
  if (isInfinityG1(point)) return infinityG1()
  const negated = Uint8Array.from(point)
  const y = toNumber(point.subarray(coordinateBytes))
  negated.set(toBytes(fieldCharacteristic - y), coordinateBytes)
  return negated as Bn254G1
}

/** The point, prepared or not. */
export function pointOf(g2: Bn254G2 | Bn254Lines): Bn254G2 {
  return g2 instanceof Uint8Array ? g2 : g2.point
}

/** Throws a `RangeError` unless every scalar is below the order. */
export function assertScalars(terms: readonly Bn254Term[]): void {
  const wrong = terms.findIndex(({ scalar }) => scalar < 0n || scalar >= bn254Order)
  if (wrong >= 0) throw new RangeError(`terms[${wrong}].scalar: not below the order of BN254`)
}
