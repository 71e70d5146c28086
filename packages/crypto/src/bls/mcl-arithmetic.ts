import { inOneGo } from '../in-one-go.js'
import { mclSizes, type MclInstance } from '../mcl-instance.js'

/** A point in mcl's internal form, copied out of its memory: 144 bytes for G1, 288 for G2. */
export type MclPoint = Uint8Array

/** A G2 point prepared for the Miller loop: 20160 bytes. */
export type MclLines = Uint8Array

/** mcl's functions of one group; addresses as in the instance. */
interface Group {
  readonly size: number
  readonly encodedBytes: number
  readonly deserialize: (point: number, bytes: number, length: number) => number
  readonly serialize: (out: number, capacity: number, point: number) => number
  readonly isValidOrder: (point: number) => number
  readonly isZero: (point: number) => number
  readonly add: (out: number, a: number, b: number) => void
  readonly mulCT: (out: number, point: number, scalar: number) => void
  readonly hash: (
    point: number,
    message: number,
    length: number,
    domain: number,
    domainLength: number,
  ) => number
}

const inputBytes = 1024
/** Points of one sum of products: as much work as one or two checks. */
export const mostTerms = 16

/**
 * Arithmetic of BLS12-381 in one mcl instance. Values live in JavaScript and are copied into a scratch area reserved once, so the
 * instance's memory never grows and nothing has to be freed.
 */
export class MclArithmetic {
  readonly g1: Group
  readonly g2: Group
  readonly #mcl: MclInstance
  readonly #input: number
  readonly #domain: number
  readonly #scalar: number
  readonly #a: number
  readonly #b: number
  readonly #product: number
  readonly #factor: number
  readonly #linesBytes: number
  readonly #linesA: number
  readonly #linesB: number
  readonly #points: number
  readonly #scalars: number

  constructor(mcl: MclInstance) {
    const { call } = mcl
    this.#mcl = mcl
    this.#input = mcl.reserve(inputBytes)
    this.#domain = mcl.reserve(256)
    this.#scalar = mcl.reserve(mclSizes.fr)
    this.#a = mcl.reserve(mclSizes.g2)
    this.#b = mcl.reserve(mclSizes.g2)
    this.#product = mcl.reserve(mclSizes.gt)
    this.#factor = mcl.reserve(mclSizes.gt)
    this.#linesBytes = call._mclBn_getUint64NumToPrecompute() * 8
    this.#linesA = mcl.reserve(this.#linesBytes)
    this.#linesB = mcl.reserve(this.#linesBytes)
    this.#points = mcl.reserve(mostTerms * mclSizes.g1)
    this.#scalars = mcl.reserve(mostTerms * mclSizes.fr)
    this.g1 = {
      size: mclSizes.g1,
      encodedBytes: 48,
      deserialize: call._mclBnG1_deserialize,
      serialize: call._mclBnG1_serialize,
      isValidOrder: call._mclBnG1_isValidOrder,
      isZero: call._mclBnG1_isZero,
      add: call._mclBnG1_add,
      mulCT: call._mclBnG1_mulCT,
      hash: call._mclBnG1_hashAndMapToWithDst,
    }
    this.g2 = {
      size: mclSizes.g2,
      encodedBytes: 96,
      deserialize: call._mclBnG2_deserialize,
      serialize: call._mclBnG2_serialize,
      isValidOrder: call._mclBnG2_isValidOrder,
      isZero: call._mclBnG2_isZero,
      add: call._mclBnG2_add,
      mulCT: call._mclBnG2_mulCT,
      hash: call._mclBnG2_hashAndMapToWithDst,
    }
  }

  /** The point of canonical compressed bytes, subgroup unchecked; `undefined` when off the curve. */
  decode(group: Group, bytes: Uint8Array): MclPoint | undefined {
    this.#mcl.write(this.#input, bytes)
    const read = group.deserialize(this.#a, this.#input, bytes.length)
    return read === bytes.length ? this.#mcl.read(this.#a, group.size) : undefined
  }

  encode(group: Group, point: MclPoint): Uint8Array {
    this.#mcl.write(this.#a, point)
    const written = group.serialize(this.#input, inputBytes, this.#a)
    if (written !== group.encodedBytes) throw new Error('mcl: a point cannot be encoded')
    return this.#mcl.read(this.#input, written)
  }

  isInSubgroup(group: Group, point: MclPoint): boolean {
    this.#mcl.write(this.#a, point)
    return group.isValidOrder(this.#a) === 1
  }

  isInfinity(group: Group, point: MclPoint): boolean {
    this.#mcl.write(this.#a, point)
    return group.isZero(this.#a) === 1
  }

  /** The sum of one or more points. */
  sum(group: Group, points: readonly MclPoint[]): MclPoint {
    points.forEach((point, i) => {
      this.#mcl.write(i === 0 ? this.#a : this.#b, point)
      if (i > 0) group.add(this.#a, this.#a, this.#b)
    })
    return this.#mcl.read(this.#a, group.size)
  }

  /** The sum of at most {@link mostTerms} points of G1, each times a public scalar of big-endian bytes. */
  sumOfProducts(terms: readonly { point: MclPoint; scalar: Uint8Array }[]): MclPoint {
    if (terms.length === 0 || terms.length > mostTerms)
      throw new RangeError(`terms: there are ${terms.length}`)
    const { call } = this.#mcl
    terms.forEach(({ point, scalar }, i) => {
      this.#mcl.write(this.#points + i * mclSizes.g1, point)
      this.#mcl.write(this.#input, scalar)
      call._mclBnFr_setBigEndianMod(this.#scalars + i * mclSizes.fr, this.#input, scalar.length)
    })
    call._mclBnG1_mulVec(this.#a, this.#points, this.#scalars, terms.length)
    return this.#mcl.read(this.#a, mclSizes.g1)
  }

  /** The point times a secret scalar of 32 big-endian bytes, in constant time; the scalar is erased from mcl's memory. */
  multiply(group: Group, point: MclPoint, secret: Uint8Array): MclPoint {
    this.#mcl.write(this.#input, secret)
    this.#mcl.call._mclBnFr_setBigEndianMod(this.#scalar, this.#input, secret.length)
    this.#mcl.erase(this.#input, secret.length)
    this.#mcl.write(this.#b, point)
    group.mulCT(this.#a, this.#b, this.#scalar)
    this.#mcl.erase(this.#scalar, mclSizes.fr)
    return this.#mcl.read(this.#a, group.size)
  }

  /** Hashes a message to the group by RFC 9380 with SHA-256; the domain has at most 255 bytes. */
  hash(group: Group, message: Uint8Array, domain: Uint8Array): MclPoint {
    const { call } = this.#mcl
    const fits = message.length <= inputBytes
    const input = fits ? this.#input : this.#mcl.reserve(message.length)
    try {
      this.#mcl.write(input, message)
      this.#mcl.write(this.#domain, domain)
      if (group.hash(this.#a, input, message.length, this.#domain, domain.length) !== 0) {
        throw new Error('mcl: hashing to the curve failed')
      }
      return this.#mcl.read(this.#a, group.size)
    } finally {
      if (!fits) call._free(input)
    }
  }

  /** Prepares a G2 point for {@link pairingProductIsOne}. */
  lines(point: MclPoint): MclLines {
    this.#mcl.write(this.#a, point)
    this.#mcl.call._mclBn_precomputeG2(this.#linesA, this.#a)
    return this.#mcl.read(this.#linesA, this.#linesBytes)
  }

  /** Whether the product of the pairings of one or more pairs is one. */
  pairingProductIsOne(pairs: readonly { g1: MclPoint; g2: MclLines }[]): boolean {
    return inOneGo(this.pairingProduct(pairs))
  }

  /**
   * {@link pairingProductIsOne} with a step for every two pairs, which share the squarings of a Miller loop. Between the steps others
   * may use this object.
   */
  *pairingProduct(
    pairs: readonly { g1: MclPoint; g2: MclLines }[],
  ): Generator<undefined, boolean, undefined> {
    const { call } = this.#mcl
    let product: MclPoint | undefined
    for (let i = 0; i < pairs.length; i += 2) {
      const first = pairs[i]
      const second = pairs[i + 1]
      if (first === undefined) break
      const out = i === 0 ? this.#product : this.#factor
      if (product) this.#mcl.write(this.#product, product)
      this.#mcl.write(this.#a, first.g1)
      this.#mcl.write(this.#linesA, first.g2)
      if (second === undefined) {
        call._mclBn_precomputedMillerLoop(out, this.#a, this.#linesA)
      } else {
        this.#mcl.write(this.#b, second.g1)
        this.#mcl.write(this.#linesB, second.g2)
        call._mclBn_precomputedMillerLoop2(out, this.#a, this.#linesA, this.#b, this.#linesB)
      }
      if (i > 0) call._mclBnGT_mul(this.#product, this.#product, this.#factor)
      if (i + 2 >= pairs.length) break
      product = this.#mcl.read(this.#product, mclSizes.gt)
      yield
    }
    call._mclBn_finalExp(this.#product, this.#product)
    return call._mclBnGT_isOne(this.#product) === 1
  }
}
