import { concatBytes } from '../bytes.js'
import { mclSizes, type MclInstance } from '../mcl-instance.js'
import type { Bn254, Bn254G1, Bn254G2, Bn254Lines, Bn254Pair, Bn254Term } from './bn254.js'
import {
  assertScalars,
  compressedOf,
  coordinateBytes,
  coordinatesOf,
  infinityG1,
  isInfinityG1,
  isLargerY,
  negateG1,
  pointOf,
  toBytes,
  toNumber,
} from './encoding.js'

/** Terms of a sum that are multiplied at once. */
const batchTerms = 16

/** Lines of mcl's Miller loop, and the point that they belong to. */
class MclLines implements Bn254Lines {
  readonly backend = 'mcl'
  readonly point: Bn254G2
  readonly lines: Uint8Array

  constructor(point: Bn254G2, lines: Uint8Array) {
    this.point = point
    this.lines = lines
  }
}

/**
 * BN254 by mcl's WebAssembly. Values live in JavaScript and are copied into a scratch area reserved once, so the instance's memory
 * never grows and nothing has to be freed.
 */
export class MclBn254 implements Bn254 {
  readonly backend = 'mcl'
  readonly #mcl: MclInstance
  readonly #input: number
  readonly #points: number
  readonly #scalars: number
  readonly #sum: number
  readonly #a: number
  readonly #b: number
  readonly #product: number
  readonly #factor: number
  readonly #linesBytes: number
  readonly #linesA: number
  readonly #linesB: number

  /** Takes an instance that is set up for BN254. */
  constructor(mcl: MclInstance) {
    this.#mcl = mcl
    this.#input = mcl.reserve(4 * coordinateBytes)
    this.#points = mcl.reserve(batchTerms * mclSizes.g1)
    this.#scalars = mcl.reserve(batchTerms * mclSizes.fr)
    this.#sum = mcl.reserve(mclSizes.g1)
    this.#a = mcl.reserve(mclSizes.g2)
    this.#b = mcl.reserve(mclSizes.g2)
    this.#product = mcl.reserve(mclSizes.gt)
    this.#factor = mcl.reserve(mclSizes.gt)
    this.#linesBytes = mcl.call._mclBn_getUint64NumToPrecompute() * 8
    this.#linesA = mcl.reserve(this.#linesBytes)
    this.#linesB = mcl.reserve(this.#linesBytes)
  }

  decodeG1(bytes: Uint8Array): Bn254G1 | undefined {
    if (coordinatesOf(bytes, 2) === undefined) return undefined
    this.#writeG1(this.#a, bytes)
    const isValid = this.#mcl.call._mclBnG1_isValid(this.#a) === 1
    return isValid ? (Uint8Array.from(bytes) as Bn254G1) : undefined
  }

  decodeG2(bytes: Uint8Array): Bn254G2 | undefined {
    if (coordinatesOf(bytes, 4) === undefined) return undefined
    this.#writeG2(this.#a, bytes)
    const { call } = this.#mcl
    const isValid =
      call._mclBnG2_isValid(this.#a) === 1 && call._mclBnG2_isValidOrder(this.#a) === 1
    return isValid ? (Uint8Array.from(bytes) as Bn254G2) : undefined
  }

  decompressG1(bytes: Uint8Array): Bn254G1 | undefined {
    const compressed = compressedOf(bytes, 1)
    if (compressed === undefined) return undefined
    const { call } = this.#mcl
    const [x = 0n] = compressed.x
    if (!this.#deserialize(call._mclBnG1_deserialize, [x])) return undefined
    if (isLargerY([this.#coordinate(this.#a + mclSizes.fp)]) !== compressed.isLarger) {
      call._mclBnG1_neg(this.#a, this.#a)
    }
    return this.#readG1(this.#a)
  }

  decompressG2(bytes: Uint8Array): Bn254G2 | undefined {
    const compressed = compressedOf(bytes, 2)
    if (compressed === undefined) return undefined
    const { call } = this.#mcl
    const [c1 = 0n, c0 = 0n] = compressed.x
    if (!this.#deserialize(call._mclBnG2_deserialize, [c0, c1])) return undefined
    if (call._mclBnG2_isValidOrder(this.#a) !== 1) return undefined
    const y = [
      this.#coordinate(this.#a + 3 * mclSizes.fp),
      this.#coordinate(this.#a + 2 * mclSizes.fp),
    ]
    if (isLargerY(y) !== compressed.isLarger) call._mclBnG2_neg(this.#a, this.#a)
    return this.#readG2(this.#a)
  }

  negate(point: Bn254G1): Bn254G1 {
    return negateG1(point)
  }

  multiplySum(terms: readonly Bn254Term[]): Bn254G1 {
    assertScalars(terms)
    const { call } = this.#mcl
    call._mclBnG1_clear(this.#sum)
    const present = terms.filter(({ point, scalar }) => scalar !== 0n && !isInfinityG1(point))
    for (const { point } of present.filter(({ scalar }) => scalar === 1n)) {
      this.#writeG1(this.#a, point)
      call._mclBnG1_add(this.#sum, this.#sum, this.#a)
    }
    const multiplied = present.filter(({ scalar }) => scalar !== 1n)
    for (let start = 0; start < multiplied.length; start += batchTerms) {
      this.#addProducts(multiplied.slice(start, start + batchTerms))
    }
    return call._mclBnG1_isZero(this.#sum) === 1 ? infinityG1() : this.#readG1(this.#sum)
  }

  prepare(point: Bn254G2): MclLines {
    this.#writeG2(this.#b, point)
    this.#mcl.call._mclBn_precomputeG2(this.#linesA, this.#b)
    return new MclLines(point, this.#mcl.read(this.#linesA, this.#linesBytes))
  }

  pairingProductIsOne(pairs: readonly Bn254Pair[]): boolean {
    const { call } = this.#mcl
    const present = pairs.filter(({ g1 }) => !isInfinityG1(g1))
    for (let i = 0; i < present.length; i += 2) {
      const out = i === 0 ? this.#product : this.#factor
      this.#millerLoop(out, present.slice(i, i + 2))
      if (i > 0) call._mclBnGT_mul(this.#product, this.#product, this.#factor)
    }
    if (present.length === 0) return true
    call._mclBn_finalExp(this.#product, this.#product)
    return call._mclBnGT_isOne(this.#product) === 1
  }

  /** The Miller loop of one pair, or of two, which share the squarings. */
  #millerLoop(out: number, [first, second]: readonly Bn254Pair[]): void {
    if (first === undefined) return
    const { call } = this.#mcl
    // Preparing a point uses the areas that the points of the pairs go to.
    const lines = [first, ...(second ? [second] : [])].map(({ g2 }) => this.#linesOf(g2))
    this.#writeG1(this.#a, first.g1)
    this.#mcl.write(this.#linesA, lines[0] as Uint8Array)
    if (second === undefined) {
      call._mclBn_precomputedMillerLoop(out, this.#a, this.#linesA)
      return
    }
    this.#writeG1(this.#b, second.g1)
    this.#mcl.write(this.#linesB, lines[1] as Uint8Array)
    call._mclBn_precomputedMillerLoop2(out, this.#a, this.#linesA, this.#b, this.#linesB)
  }

  #linesOf(g2: Bn254G2 | Bn254Lines): Uint8Array {
    return (g2 instanceof MclLines ? g2 : this.prepare(pointOf(g2))).lines
  }

  /** Adds at most {@link batchTerms} multiples to the sum. */
  #addProducts(terms: readonly Bn254Term[]): void {
    const { call } = this.#mcl
    terms.forEach(({ point, scalar }, i) => {
      this.#writeG1(this.#points + i * mclSizes.g1, point)
      this.#mcl.write(this.#input, toBytes(scalar))
      const fr = this.#scalars + i * mclSizes.fr
      call._mclBnFr_setBigEndianMod(fr, this.#input, coordinateBytes)
    })
    call._mclBnG1_mulVec(this.#a, this.#points, this.#scalars, terms.length)
    call._mclBnG1_add(this.#sum, this.#sum, this.#a)
  }

  /** Sets the point in `#a` from mcl's own compressed form: little-endian x with a bit for the parity of y, here clear. */
  #deserialize(
    parse: (point: number, bytes: number, length: number) => number,
    x: readonly bigint[],
  ): boolean {
    const bytes = concatBytes(...x.map((part) => toBytes(part).reverse()))
    this.#mcl.write(this.#input, bytes)
    return parse(this.#a, this.#input, bytes.length) === bytes.length
  }

  #writeG1(address: number, point: Uint8Array): void {
    const { call } = this.#mcl
    this.#mcl.write(this.#input, point)
    call._mclBnFp_setBigEndianMod(address, this.#input, coordinateBytes)
    call._mclBnFp_setBigEndianMod(
      address + mclSizes.fp,
      this.#input + coordinateBytes,
      coordinateBytes,
    )
    call._mclBnFp_setInt32(address + 2 * mclSizes.fp, 1)
  }

  /** mcl keeps the real part of a coordinate first. */
  #writeG2(address: number, point: Uint8Array): void {
    const { call } = this.#mcl
    this.#mcl.write(this.#input, point)
    for (const [i, place] of [1, 0, 3, 2].entries()) {
      const fp = address + place * mclSizes.fp
      call._mclBnFp_setBigEndianMod(fp, this.#input + i * coordinateBytes, coordinateBytes)
    }
    call._mclBnFp_setInt32(address + 4 * mclSizes.fp, 1)
    call._mclBnFp_setInt32(address + 5 * mclSizes.fp, 0)
  }

  #readG1(address: number): Bn254G1 {
    this.#mcl.call._mclBnG1_normalize(address, address)
    return concatBytes(
      this.#coordinateBytes(address),
      this.#coordinateBytes(address + mclSizes.fp),
    ) as Bn254G1
  }

  #readG2(address: number): Bn254G2 {
    this.#mcl.call._mclBnG2_normalize(address, address)
    const places = [1, 0, 3, 2].map((place) => address + place * mclSizes.fp)
    return concatBytes(...places.map((place) => this.#coordinateBytes(place))) as Bn254G2
  }

  #coordinate(address: number): bigint {
    return toNumber(this.#coordinateBytes(address))
  }

  /** A coordinate of a normalised point, 32 bytes big-endian. */
  #coordinateBytes(address: number): Uint8Array {
    this.#mcl.erase(this.#input, coordinateBytes)
    this.#mcl.call._mclBnFp_getLittleEndian(this.#input, coordinateBytes, address)
    return this.#mcl.read(this.#input, coordinateBytes).reverse()
  }
}
