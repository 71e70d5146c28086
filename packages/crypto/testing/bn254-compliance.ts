import { toHex } from '../src/bytes.js'
import type { Bn254, Bn254G1, Bn254G2, Bn254Pair } from '../src/bn254/bn254.js'
import { bn254Order } from '../src/bn254/encoding.js'
import { bytesOf, check, checkBytes, checkThrows, type ComplianceCase } from './compliance/case.js'
import {
  bn254CompressedG1,
  bn254CompressedG2,
  bn254Multiples,
  bn254NoPoints,
  bn254Products,
} from './vectors/bn254-vectors.js'

const pairBytes = 192
const g1Bytes = 64

/** Everything that a backend of BN254 must do, with published known answers, as a list that any test framework can run. */
export function bn254Compliance(bn254: Bn254): ComplianceCase[] {
  return [...decoding(bn254), ...sums(bn254), ...pairings(bn254)]
}

function g1Of(bn254: Bn254, bytes: Uint8Array): Bn254G1 {
  const point = bn254.decodeG1(bytes)
  check(point !== undefined, 'a point of G1 decodes')
  return point
}

function g2Of(bn254: Bn254, bytes: Uint8Array): Bn254G2 {
  const point = bn254.decodeG2(bytes)
  check(point !== undefined, 'a point of G2 decodes')
  return point
}

function decoding(bn254: Bn254): ComplianceCase[] {
  return [
    {
      name: 'a compressed point has the known coordinates, and the other flag gives its negative',
      run() {
        for (const { compressed, point } of bn254CompressedG1) {
          checkBytes(bn254.decompressG1(bytesOf(compressed)), point, 'point of G1')
          checkBytes(bn254.decodeG1(bytesOf(point)), point, 'decoded')
          const negated = bn254.decompressG1(otherFlag(bytesOf(compressed)))
          checkBytes(negated && bn254.negate(negated), point, 'negative of the other point')
        }
        for (const { compressed, point } of bn254CompressedG2) {
          checkBytes(bn254.decompressG2(bytesOf(compressed)), point, 'point of G2')
          checkBytes(bn254.decodeG2(bytesOf(point)), point, 'decoded')
          const other = bn254.decompressG2(otherFlag(bytesOf(compressed)))
          check(other !== undefined, 'the other flag decodes')
          checkBytes(other.slice(0, g1Bytes), point.slice(0, 2 * g1Bytes), 'x of the negative')
        }
      },
    },
    {
      name: 'bytes that are no point are refused',
      run() {
        const decoders = {
          g1: bn254.decodeG1.bind(bn254),
          g2: bn254.decodeG2.bind(bn254),
          compressedG1: bn254.decompressG1.bind(bn254),
          compressedG2: bn254.decompressG2.bind(bn254),
        }
        for (const form of ['g1', 'g2', 'compressedG1', 'compressedG2'] as const) {
          for (const [what, hex] of Object.entries(bn254NoPoints[form])) {
            check(decoders[form](bytesOf(hex)) === undefined, `${form}: ${what} is no point`)
          }
        }
      },
    },
    {
      name: 'a decoded point is a copy',
      run() {
        const bytes = bytesOf(bn254Multiples[0]?.point ?? '')
        const point = g1Of(bn254, bytes)
        bytes.fill(0)
        checkBytes(point, bn254Multiples[0]?.point ?? '', 'point')
      },
    },
  ]
}

function sums(bn254: Bn254): ComplianceCase[] {
  const infinity = '00'.repeat(g1Bytes)
  const known = bn254Multiples.map(({ point, scalar, multiple }) => ({
    term: { point: g1Of(bn254, bytesOf(point)), scalar },
    multiple,
  }))
  return [
    {
      name: 'multiples equal the known ones',
      run() {
        for (const { term, multiple } of known) {
          checkBytes(bn254.multiplySum([term]), multiple, `${term.scalar} times`)
        }
      },
    },
    {
      name: 'the sum of many terms is the sum of the multiples',
      run() {
        // 7 times 6 terms are more than any backend multiplies at once.
        const many = Array.from({ length: 7 }, () => known).flat()
        const sum = bn254.multiplySum(many.map(({ term }) => term))
        const multiples = many.map(({ multiple }) => ({
          point: g1Of(bn254, bytesOf(multiple)),
          scalar: 1n,
        }))
        checkBytes(bn254.multiplySum(multiples), toHex(sum), 'sum')
        const all = [...multiples, { point: bn254.negate(sum), scalar: 1n }]
        checkBytes(bn254.multiplySum(all), infinity, 'sum less itself')
      },
    },
    {
      name: 'no terms, a scalar of zero and opposite terms give infinity, which adds nothing',
      run() {
        const [first] = known
        check(first !== undefined, 'there is a point')
        const { point } = first.term
        checkBytes(bn254.multiplySum([]), infinity, 'no terms')
        checkBytes(bn254.multiplySum([{ point, scalar: 0n }]), infinity, 'zero times')
        const opposite = [
          { point, scalar: 5n },
          { point, scalar: bn254Order - 5n },
        ]
        const zero = bn254.multiplySum(opposite)
        checkBytes(zero, infinity, 'opposite terms')
        checkBytes(bn254.negate(zero), infinity, 'negative of infinity')
        const terms = [first.term, { point: zero, scalar: 7n }]
        checkBytes(bn254.multiplySum(terms), first.multiple, 'with infinity')
      },
    },
    {
      name: 'a scalar below zero or not below the order is a RangeError',
      run() {
        const point = known[0]?.term.point
        check(point !== undefined, 'there is a point')
        for (const scalar of [-1n, bn254Order, 1n << 256n]) {
          checkThrows(() => bn254.multiplySum([{ point, scalar }]), RangeError, `${scalar}`)
        }
      },
    },
  ]
}

function pairings(bn254: Bn254): ComplianceCase[] {
  const pairsOf = (hex: string): Bn254Pair[] => {
    const bytes = bytesOf(hex)
    return Array.from({ length: bytes.length / pairBytes }, (_, i) => {
      const pair = bytes.subarray(i * pairBytes, (i + 1) * pairBytes)
      return { g1: g1Of(bn254, pair.slice(0, g1Bytes)), g2: g2Of(bn254, pair.slice(g1Bytes)) }
    })
  }
  return bn254Products.map(({ name, pairs, isOne }) => ({
    name: `the product of pairings ${name} is ${isOne ? 'one' : 'not one'}, prepared or not, in any order`,
    run() {
      const plain = pairsOf(pairs)
      const prepared = plain.map(({ g1, g2 }) => ({
        g1,
        g2: g2 instanceof Uint8Array ? bn254.prepare(g2) : g2,
      }))
      const mixed = plain.map((pair, i) => (i % 2 === 0 ? pair : (prepared[i] ?? pair)))
      const zero = bn254.multiplySum([])
      const withInfinity = plain.flatMap((pair) => [{ g1: zero, g2: pair.g2 }, pair])
      for (const product of [plain, prepared, mixed, plain.toReversed(), withInfinity]) {
        check(bn254.pairingProductIsOne(product) === isOne, name)
      }
    },
  }))
}

/** The compressed form of the negative. */
function otherFlag(compressed: Uint8Array): Uint8Array {
  const other = Uint8Array.from(compressed)
  other[0] = (other[0] ?? 0) ^ 0x40
  return other
}
