import { bn254 } from '@noble/curves/bn254.js'
import { concatBytes } from '../bytes.js'
import { toBytes } from './encoding.js'

const g2 = bn254.G2.Point.BASE.toAffine()

/** 64 bytes of the generator of G1, (1, 2). */
export const generatorG1 = concatBytes(toBytes(1n), toBytes(2n))

/** 128 bytes of the generator of G2. */
export const generatorG2 = concatBytes(...[g2.x.c1, g2.x.c0, g2.y.c1, g2.y.c0].map(toBytes))
