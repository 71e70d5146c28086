import type { BlsBackend, BlsTerm } from './backend.js'
import type { MclArithmetic, MclLines, MclPoint } from './mcl-arithmetic.js'
import { G1, G2 } from './noble-points.js'
import { minPkVariant, minSigVariant } from './variants.js'

/** A G2 key with its lines for the Miller loop (20 KB), computed on first use: it halves the cost of each later use. */
interface G2Key {
  readonly point: MclPoint
  lines: MclLines | undefined
}

/** A generator, or its negative, in mcl's form. */
function generator(mcl: MclArithmetic, group: 'g1' | 'g2', negated: boolean): MclPoint {
  const base = group === 'g1' ? G1.BASE : G2.BASE
  const point = mcl.decode(mcl[group], (negated ? base.negate() : base).toBytes())
  if (point === undefined) throw new Error('mcl: a generator does not decode')
  return point
}

/** Keys in G2, signatures in G1, by mcl's WebAssembly. */
export function mclMinSig(mcl: MclArithmetic): BlsBackend<G2Key, MclPoint> {
  const { g1, g2 } = mcl
  const base = generator(mcl, 'g2', false)
  const negatedLines = mcl.lines(generator(mcl, 'g2', true))
  const { signatureDomain, possessionDomain } = minSigVariant

  function sign(secret: Uint8Array, message: Uint8Array, domain: Uint8Array): Uint8Array {
    return mcl.encode(g1, mcl.multiply(g1, mcl.hash(g1, message, domain), secret))
  }

  function verify(
    claims: readonly { key: G2Key; message: Uint8Array }[],
    signature: MclPoint,
    domain: Uint8Array,
  ): boolean {
    if (!mcl.isInSubgroup(g1, signature)) return false
    const pairs = claims.map(({ key, message }) => {
      key.lines ??= mcl.lines(key.point)
      return { g1: mcl.hash(g1, message, domain), g2: key.lines }
    })
    return mcl.pairingProductIsOne([{ g1: signature, g2: negatedLines }, ...pairs])
  }

  function verifyMany(key: G2Key, terms: readonly BlsTerm<MclPoint>[]): boolean {
    if (!terms.every(({ signature }) => mcl.isInSubgroup(g1, signature))) return false
    const signatures = terms.map(({ signature, coefficient }) => {
      return { point: signature, scalar: coefficient }
    })
    const messages = terms.map(({ message, coefficient }) => {
      return { point: mcl.hash(g1, message, signatureDomain), scalar: coefficient }
    })
    key.lines ??= mcl.lines(key.point)
    return mcl.pairingProductIsOne([
      { g1: mcl.sumOfProducts(signatures), g2: negatedLines },
      { g1: mcl.sumOfProducts(messages), g2: key.lines },
    ])
  }

  const publicKey = (secret: Uint8Array) => mcl.encode(g2, mcl.multiply(g2, base, secret))
  return {
    name: 'mcl',
    publicKey,
    sign: (secret, message) => sign(secret, message, signatureDomain),
    decodeKey(bytes) {
      const point = mcl.decode(g2, bytes)
      if (point === undefined || !mcl.isInSubgroup(g2, point)) return undefined
      return { point, lines: undefined }
    },
    decodeSignature: (bytes) => mcl.decode(g1, bytes),
    sumSignatures: (signatures) => mcl.encode(g1, mcl.sum(g1, signatures)),
    sumKeys(keys) {
      if (keys.length === 1) return keys[0]
      const point = mcl.sum(
        g2,
        keys.map((key) => key.point),
      )
      return mcl.isInfinity(g2, point) ? undefined : { point, lines: undefined }
    },
    verify: (claims, signature) => verify(claims, signature, signatureDomain),
    verifyMany,
    provePossession: (secret) => sign(secret, publicKey(secret), possessionDomain),
    verifyPossession: (key, message, proof) => verify([{ key, message }], proof, possessionDomain),
  }
}

/** Keys in G1, signatures in G2, by mcl's WebAssembly: the fast one where no native binary loads. */
export function mclMinPk(mcl: MclArithmetic): BlsBackend<MclPoint, MclPoint> {
  const { g1, g2 } = mcl
  const base = generator(mcl, 'g1', false)
  const negated = generator(mcl, 'g1', true)
  const { signatureDomain, possessionDomain } = minPkVariant

  function sign(secret: Uint8Array, message: Uint8Array, domain: Uint8Array): Uint8Array {
    return mcl.encode(g2, mcl.multiply(g2, mcl.hash(g2, message, domain), secret))
  }

  function verify(
    claims: readonly { key: MclPoint; message: Uint8Array }[],
    signature: MclPoint,
    domain: Uint8Array,
  ): boolean {
    if (!mcl.isInSubgroup(g2, signature)) return false
    const pairs = claims.map(({ key, message }) => ({
      g1: key,
      g2: mcl.lines(mcl.hash(g2, message, domain)),
    }))
    return mcl.pairingProductIsOne([{ g1: negated, g2: mcl.lines(signature) }, ...pairs])
  }

  const publicKey = (secret: Uint8Array) => mcl.encode(g1, mcl.multiply(g1, base, secret))
  return {
    name: 'mcl',
    publicKey,
    sign: (secret, message) => sign(secret, message, signatureDomain),
    decodeKey(bytes) {
      const point = mcl.decode(g1, bytes)
      return point !== undefined && mcl.isInSubgroup(g1, point) ? point : undefined
    },
    decodeSignature: (bytes) => mcl.decode(g2, bytes),
    sumSignatures: (signatures) => mcl.encode(g2, mcl.sum(g2, signatures)),
    sumKeys(keys) {
      const point = mcl.sum(g1, keys)
      return mcl.isInfinity(g1, point) ? undefined : point
    },
    verify: (claims, signature) => verify(claims, signature, signatureDomain),
    provePossession: (secret) => sign(secret, publicKey(secret), possessionDomain),
    verifyPossession: (key, message, proof) => verify([{ key, message }], proof, possessionDomain),
  }
}
