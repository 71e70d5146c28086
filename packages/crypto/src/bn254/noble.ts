import { bn254 } from '@noble/curves/bn254.js'
import { concatBytes } from '../bytes.js'
import type { Bn254, Bn254G1, Bn254G2, Bn254Lines } from './bn254.js'
import {
  assertScalars,
  compressedOf,
  coordinatesOf,
  infinityG1,
  isInfinityG1,
  isLargerY,
  negateG1,
  pointOf,
  toBytes,
} from './encoding.js'

const { Fp, Fp2, Fp12 } = bn254.fields
const G1 = bn254.G1.Point
const G2 = bn254.G2.Point
type G1Affine = Parameters<typeof G1.fromAffine>[0]
type G2Affine = Parameters<typeof G2.fromAffine>[0]

const twistB = Fp2.div(Fp2.create({ c0: 3n, c1: 0n }), Fp2.create({ c0: 9n, c1: 1n }))

/** Lines of noble's Miller loop, and the point that they belong to. */
class NobleLines implements Bn254Lines {
  readonly backend = 'noble'
  readonly point: Bn254G2
  readonly lines: ReturnType<typeof bn254.utils.calcPairingPrecomputes>

  constructor(point: Bn254G2) {
    this.point = point
    this.lines = bn254.utils.calcPairingPrecomputes(G2.fromAffine(affineG2(point)))
  }
}

/** The affine coordinates of a point that a decoder made. */
function affineG1(point: Bn254G1): G1Affine {
  const [x = 0n, y = 0n] = coordinatesOf(point, 2) ?? []
  return { x, y }
}

function affineG2(point: Bn254G2): G2Affine {
  const [x1 = 0n, x0 = 0n, y1 = 0n, y0 = 0n] = coordinatesOf(point, 4) ?? []
  return { x: Fp2.create({ c0: x0, c1: x1 }), y: Fp2.create({ c0: y0, c1: y1 }) }
}

function encodeG1({ x, y }: G1Affine): Bn254G1 {
  return concatBytes(toBytes(x), toBytes(y)) as Bn254G1
}

function encodeG2({ x, y }: G2Affine): Bn254G2 {
  return concatBytes(...[x.c1, x.c0, y.c1, y.c0].map(toBytes)) as Bn254G2
}

/** Noble says by throwing that there is no such point. */
function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}

/** BN254 by noble-curves: the oracle that every faster backend must equal. */
export const nobleBn254: Bn254 = {
  backend: 'noble',
  negate: negateG1,
  prepare: (point) => new NobleLines(point),

  decodeG1(bytes) {
    if (coordinatesOf(bytes, 2) === undefined) return undefined
    return orUndefined(() => {
      const affine = affineG1(bytes as Bn254G1)
      G1.fromAffine(affine).assertValidity()
      return encodeG1(affine)
    })
  },

  decodeG2(bytes) {
    if (coordinatesOf(bytes, 4) === undefined) return undefined
    return orUndefined(() => {
      const affine = affineG2(bytes as Bn254G2)
      G2.fromAffine(affine).assertValidity()
      return encodeG2(affine)
    })
  },

  decompressG1(bytes) {
    const compressed = compressedOf(bytes, 1)
    if (compressed === undefined) return undefined
    const [x = 0n] = compressed.x
    return orUndefined(() => {
      const y = Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), 3n))
      return encodeG1({ x, y: isLargerY([y]) === compressed.isLarger ? y : Fp.neg(y) })
    })
  },

  decompressG2(bytes) {
    const compressed = compressedOf(bytes, 2)
    if (compressed === undefined) return undefined
    const [c1 = 0n, c0 = 0n] = compressed.x
    return orUndefined(() => {
      const x = Fp2.create({ c0, c1 })
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), twistB))
      const affine = { x, y: isLargerY([y.c1, y.c0]) === compressed.isLarger ? y : Fp2.neg(y) }
      G2.fromAffine(affine).assertValidity()
      return encodeG2(affine)
    })
  },

  multiplySum(terms) {
    assertScalars(terms)
    let sum = G1.ZERO
    for (const { point, scalar } of terms) {
      if (scalar === 0n || isInfinityG1(point)) continue
      sum = sum.add(G1.fromAffine(affineG1(point)).multiplyUnsafe(scalar))
    }
    return sum.is0() ? infinityG1() : encodeG1(sum.toAffine())
  },

  pairingProductIsOne(pairs) {
    const loops = pairs
      .filter(({ g1 }) => !isInfinityG1(g1))
      .map(({ g1, g2 }) => {
        const { x, y } = affineG1(g1)
        const own = g2 instanceof NobleLines ? g2 : new NobleLines(pointOf(g2))
        return [own.lines, x, y] as Parameters<typeof bn254.millerLoopBatch>[0][number]
      })
    if (loops.length === 0) return true
    return Fp12.eql(Fp12.finalExponentiate(bn254.millerLoopBatch(loops)), Fp12.ONE)
  },
}
