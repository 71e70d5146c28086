import { bls12_381 } from '@noble/curves/bls12-381.js'
import type { BlsBackend } from './backend.js'
import {
  decodeG1,
  decodeG2,
  encodeG1,
  encodeG2,
  G1,
  G2,
  linesOf,
  pairingProductIsOne,
  scalarOf,
  type G1Point,
  type G2Point,
  type Lines,
} from './noble-points.js'
import { minPkVariant, minSigVariant } from './variants.js'

const negatedG1 = (): G1Point => G1.BASE.negate()
let negatedG2Lines: Lines | undefined

/** A G2 key with its lines for the Miller loop, computed on first use. */
class G2Key {
  readonly point: G2Point
  #lines: Lines | undefined

  constructor(point: G2Point) {
    this.point = point
  }

  get lines(): Lines {
    return (this.#lines ??= linesOf(this.point))
  }
}

/** Keys in G2, signatures in G1, by noble-curves: the oracle that every faster backend must equal. */
export const nobleMinSig: BlsBackend<G2Key, G1Point> = {
  name: 'noble',
  publicKey: (secret) => G2.BASE.multiply(scalarOf(secret)).toBytes(),
  sign: (secret, message) => signG1(secret, message, minSigVariant.signatureDomain),
  decodeKey(bytes) {
    const point = decodeG2(bytes)
    return point?.isTorsionFree() === true ? new G2Key(point) : undefined
  },
  decodeSignature: decodeG1,
  sumSignatures: (signatures) =>
    encodeG1(signatures.reduce((sum, point) => sum.add(point), G1.ZERO)),
  sumKeys(keys) {
    if (keys.length === 1) return keys[0]
    const sum = keys.reduce((total, key) => total.add(key.point), G2.ZERO)
    return sum.is0() ? undefined : new G2Key(sum)
  },
  verify: (claims, signature) => verifyG1(claims, signature, minSigVariant.signatureDomain),
  provePossession: (secret) =>
    signG1(secret, nobleMinSig.publicKey(secret), minSigVariant.possessionDomain),
  verifyPossession: (key, message, proof) =>
    verifyG1([{ key, message }], proof, minSigVariant.possessionDomain),
}

function hashToG1(message: Uint8Array, DST: Uint8Array): G1Point {
  return bls12_381.G1.hashToCurve(message, { DST })
}

function signG1(secret: Uint8Array, message: Uint8Array, domain: Uint8Array): Uint8Array {
  return hashToG1(message, domain).multiply(scalarOf(secret)).toBytes()
}

function verifyG1(
  claims: readonly { key: G2Key; message: Uint8Array }[],
  signature: G1Point,
  domain: Uint8Array,
): boolean {
  if (!signature.isTorsionFree()) return false
  negatedG2Lines ??= linesOf(G2.BASE.negate())
  return pairingProductIsOne([
    { g1: signature, g2: negatedG2Lines },
    ...claims.map(({ key, message }) => ({ g1: hashToG1(message, domain), g2: key.lines })),
  ])
}

/** Keys in G1, signatures in G2, by noble-curves. */
export const nobleMinPk: BlsBackend<G1Point, G2Point> = {
  name: 'noble',
  publicKey: (secret) => G1.BASE.multiply(scalarOf(secret)).toBytes(),
  sign: (secret, message) => signG2(secret, message, minPkVariant.signatureDomain),
  decodeKey(bytes) {
    const point = decodeG1(bytes)
    return point?.isTorsionFree() === true ? point : undefined
  },
  decodeSignature: decodeG2,
  sumSignatures: (signatures) =>
    encodeG2(signatures.reduce((sum, point) => sum.add(point), G2.ZERO)),
  sumKeys(keys) {
    const sum = keys.reduce((total, key) => total.add(key), G1.ZERO)
    return sum.is0() ? undefined : sum
  },
  verify: (claims, signature) => verifyG2(claims, signature, minPkVariant.signatureDomain),
  provePossession: (secret) =>
    signG2(secret, nobleMinPk.publicKey(secret), minPkVariant.possessionDomain),
  verifyPossession: (key, message, proof) =>
    verifyG2([{ key, message }], proof, minPkVariant.possessionDomain),
}

function hashToG2(message: Uint8Array, DST: Uint8Array): G2Point {
  return bls12_381.G2.hashToCurve(message, { DST })
}

function signG2(secret: Uint8Array, message: Uint8Array, domain: Uint8Array): Uint8Array {
  return hashToG2(message, domain).multiply(scalarOf(secret)).toBytes()
}

function verifyG2(
  claims: readonly { key: G1Point; message: Uint8Array }[],
  signature: G2Point,
  domain: Uint8Array,
): boolean {
  if (!signature.isTorsionFree()) return false
  return pairingProductIsOne([
    { g1: negatedG1(), g2: linesOf(signature) },
    ...claims.map(({ key, message }) => ({ g1: key, g2: linesOf(hashToG2(message, domain)) })),
  ])
}
