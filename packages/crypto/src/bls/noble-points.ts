import { bls12_381 } from '@noble/curves/bls12-381.js'
import { concatBytes } from '../bytes.js'
import { curveOrder, fieldCharacteristic, infinity } from './encoding.js'

const { Fp, Fp2, Fp12 } = bls12_381.fields
const coordinateBytes = 48
const compressedFlag = 0x80
const signFlag = 0x20
const half = (fieldCharacteristic - 1n) / 2n

/** Noble's points of G1. */
export const G1 = bls12_381.G1.Point

/** Noble's points of G2. */
export const G2 = bls12_381.G2.Point

/** A point of G1. */
export type G1Point = typeof G1.BASE

/** A point of G2. */
export type G2Point = typeof G2.BASE
type Fp2Element = { readonly c0: bigint; readonly c1: bigint }

/** A G2 point prepared for the Miller loop; about 30 KB. */
export type Lines = ReturnType<typeof bls12_381.utils.calcPairingPrecomputes>

function coordinate(bytes: Uint8Array, offset: number): bigint {
  let value = 0n
  for (let i = 0; i < coordinateBytes; i++) {
    const byte = bytes[offset + i] as number
    value = (value << 8n) | BigInt(offset + i === 0 ? byte & 0x1f : byte)
  }
  return value
}

/** Runs a decoder of bytes whose coordinates may belong to no point; noble says so by throwing. */
function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}

/** The G1 point of 48 canonical bytes, subgroup unchecked; `undefined` when off the curve. */
export function decodeG1(bytes: Uint8Array): G1Point | undefined {
  return orUndefined(() => {
    const x = coordinate(bytes, 0)
    const y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 4n))
    const isLarge = y > half
    return G1.fromAffine({ x, y: isLarge === isSigned(bytes) ? y : Fp.neg(y) })
  })
}

/** The G2 point of 96 canonical bytes, subgroup unchecked; `undefined` when off the curve. */
export function decodeG2(bytes: Uint8Array): G2Point | undefined {
  return orUndefined(() => {
    const x = Fp2.create({ c1: coordinate(bytes, 0), c0: coordinate(bytes, coordinateBytes) })
    const b = Fp2.create({ c0: 4n, c1: 4n })
    const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b)) as Fp2Element
    const isLarge = (y.c1 === 0n ? y.c0 : y.c1) > half
    return G2.fromAffine({
      x,
      y: isLarge === isSigned(bytes) ? Fp2.create(y) : Fp2.neg(Fp2.create(y)),
    })
  })
}

/** The 48 bytes of a point of the curve, infinity and points outside the subgroup included. */
export function encodeG1(point: G1Point): Uint8Array {
  if (point.is0()) return infinity(coordinateBytes)
  const { x, y } = point.toAffine()
  return withFlags(Fp.toBytes(x), y > half)
}

/** The 96 bytes of a point of the curve, infinity and points outside the subgroup included. */
export function encodeG2(point: G2Point): Uint8Array {
  if (point.is0()) return infinity(2 * coordinateBytes)
  const { x, y } = point.toAffine()
  const isLarge = (y.c1 === 0n ? y.c0 : y.c1) > half
  return withFlags(concatBytes(Fp.toBytes(x.c1), Fp.toBytes(x.c0)), isLarge)
}

function withFlags(bytes: Uint8Array, isLarge: boolean): Uint8Array {
  bytes[0] = (bytes[0] as number) | compressedFlag | (isLarge ? signFlag : 0)
  return bytes
}

function isSigned(bytes: Uint8Array): boolean {
  return ((bytes[0] as number) & signFlag) !== 0
}

/** A secret key as a scalar. */
export function scalarOf(secret: Uint8Array): bigint {
  let value = 0n
  for (const byte of secret) value = (value << 8n) | BigInt(byte)
  return value % curveOrder
}

/** Prepares a G2 point other than infinity for {@link pairingProductIsOne}. */
export function linesOf(point: G2Point): Lines {
  return bls12_381.utils.calcPairingPrecomputes(point)
}

/** Whether the product of the pairings e(g1, g2) is one; no point may be infinity. */
export function pairingProductIsOne(pairs: readonly { g1: G1Point; g2: Lines }[]): boolean {
  const loops = bls12_381.millerLoopBatch(
    pairs.map(({ g1, g2 }) => {
      const { x, y } = g1.toAffine()
      return [g2, x, y]
    }),
  )
  return Fp12.eql(Fp12.finalExponentiate(loops), Fp12.ONE)
}
