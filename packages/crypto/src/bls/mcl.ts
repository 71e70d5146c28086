import type { BlsBackend, BlsTerms } from './backend.js'
import { mostTerms, type MclArithmetic, type MclLines, type MclPoint } from './mcl-arithmetic.js'
import { G1, G2 } from './noble-points.js'
import { minPkVariant, minSigVariant } from './variants.js'

/** Wrong signatures that make up for each other pass with a chance of one in 2^128. */
const coefficientBytes = 16

/** 16 bytes, not all zero. */
function drawCoefficient(random: (n: number) => Uint8Array): Uint8Array {
  for (;;) {
    const bytes = random(coefficientBytes)
    if (bytes.some((byte) => byte !== 0)) return bytes
  }
}

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

interface Product {
  readonly point: MclPoint
  readonly scalar: Uint8Array
}

/** A sum of products in G1 that grows; what has been added is summed up a few at a time. */
class SumOfProducts {
  readonly #mcl: MclArithmetic
  #terms: Product[] = []
  #sum: MclPoint | undefined

  constructor(mcl: MclArithmetic) {
    this.#mcl = mcl
  }

  add(term: Product): void {
    if (this.#terms.push(term) === mostTerms) this.#fold()
  }

  /** @throws RangeError for a sum of nothing. */
  get value(): MclPoint {
    if (this.#terms.length > 0) this.#fold()
    if (this.#sum === undefined) throw new RangeError('terms: there are none')
    return this.#sum
  }

  #fold(): void {
    const part = this.#mcl.sumOfProducts(this.#terms)
    this.#sum = this.#sum === undefined ? part : this.#mcl.sum(this.#mcl.g1, [this.#sum, part])
    this.#terms = []
  }
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

  function* verifyMany(
    sets: readonly BlsTerms<G2Key, MclPoint>[],
    random: (n: number) => Uint8Array,
  ): Generator<undefined, boolean, undefined> {
    const signatures = new SumOfProducts(mcl)
    const pairs: { g1: MclPoint; g2: MclLines }[] = []
    for (const { key, terms } of sets) {
      const messages = new SumOfProducts(mcl)
      for (const { message, signature } of terms) {
        if (!mcl.isInSubgroup(g1, signature)) return false
        const coefficient = drawCoefficient(random)
        signatures.add({ point: signature, scalar: coefficient })
        messages.add({ point: mcl.hash(g1, message, signatureDomain), scalar: coefficient })
        yield
      }
      key.lines ??= mcl.lines(key.point)
      pairs.push({ g1: messages.value, g2: key.lines })
    }
    return yield* mcl.pairingProduct([{ g1: signatures.value, g2: negatedLines }, ...pairs])
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
