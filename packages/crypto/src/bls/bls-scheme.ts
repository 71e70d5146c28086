import { assertAscending, assertSecret } from '../assertions.js'
import { bytesEqual, toHex } from '../bytes.js'
import { drawSecret } from '../draw-secret.js'
import { KeyRing } from '../key-ring.js'
import type {
  AggregatePart,
  PublicKeyHandle,
  SignatureScheme,
  SignedClaim,
} from '../signature-scheme.js'
import type { AggregateCheck } from '../workers/aggregate-check.js'
import { inOneGo } from '../in-one-go.js'
import type { BlsBackend, BlsClaim, BlsTerm, BlsTerms, BlsVariant } from './backend.js'
import { infinity, isCompressedPoint, isInfinity, isScalar } from './encoding.js'
import { RememberedSums } from './remembered-sums.js'

/** The order has 255 bits: nine of ten numbers of that many are below it. */
const topByteMask = 0x7f

/** Sums of keys that are kept: the quorums of a small committee, of which mcl's take 20 KB each. */
const rememberedSums = 64

/**
 * BLS signatures over BLS12-381 with proofs of possession, for either assignment of the groups and any backend.
 * @see https://www.ietf.org/archive/id/draft-irtf-cfrg-bls-signature-05.html
 */
export class BlsScheme<Key, Signature> implements SignatureScheme {
  readonly id: number
  readonly name: string
  readonly backend: string
  readonly secretKeyBytes = 32
  readonly publicKeyBytes: number
  readonly signatureBytes: number
  readonly needsProofOfPossession = true
  readonly #backend: BlsBackend<Key, Signature>
  readonly #keys: KeyRing<Key>
  readonly #sums = new RememberedSums<Key>(rememberedSums)

  constructor(variant: BlsVariant, backend: BlsBackend<Key, Signature>) {
    this.id = variant.id
    this.name = variant.name
    this.backend = backend.name
    this.publicKeyBytes = variant.publicKeyBytes
    this.signatureBytes = variant.signatureBytes
    this.#backend = backend
    this.#keys = new KeyRing(variant.id, (bytes) =>
      isCompressedPoint(bytes, variant.publicKeyBytes) ? backend.decodeKey(bytes) : undefined,
    )
  }

  get emptyAggregate(): Uint8Array {
    return infinity(this.signatureBytes)
  }

  aggregateBytes(): number {
    return this.signatureBytes
  }

  generateSecretKey(random: (n: number) => Uint8Array): Uint8Array {
    return drawSecret(random, 32, isScalar, topByteMask)
  }

  isSecretKey(bytes: Uint8Array): boolean {
    return isScalar(bytes)
  }

  publicKey(secret: Uint8Array): Uint8Array {
    assertSecret(isScalar(secret))
    return this.#backend.publicKey(secret)
  }

  importPublicKey(bytes: Uint8Array): PublicKeyHandle | undefined {
    return this.#keys.import(bytes)
  }

  isCanonicalSignature(bytes: Uint8Array): boolean {
    return isCompressedPoint(bytes, this.signatureBytes)
  }

  isCanonicalAggregate(bytes: Uint8Array, signers: number): boolean {
    return signers === 0
      ? isInfinity(bytes, this.signatureBytes)
      : isCompressedPoint(bytes, this.signatureBytes)
  }

  sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    assertSecret(isScalar(secret))
    return this.#backend.sign(secret, message)
  }

  verify(key: PublicKeyHandle, message: Uint8Array, signature: Uint8Array): boolean {
    const opened = this.#keys.open(key)
    const point = this.#decode(signature)
    return point !== undefined && this.#backend.verify([{ key: opened, message }], point)
  }

  aggregate(parts: readonly AggregatePart[]): Uint8Array | undefined {
    assertAscending(parts)
    if (parts.length === 0) return this.emptyAggregate
    const points: Signature[] = []
    for (const { signature } of parts) {
      const point = this.#decode(signature)
      if (point === undefined) return undefined
      points.push(point)
    }
    return this.#backend.sumSignatures(points)
  }

  extendAggregate(
    aggregate: Uint8Array,
    rank: number,
    signature: Uint8Array,
  ): Uint8Array | undefined {
    if (!Number.isSafeInteger(rank) || rank < 0) throw new RangeError(`rank: got ${rank}`)
    const added = this.#decode(signature)
    if (added === undefined) return undefined
    if (isInfinity(aggregate, this.signatureBytes)) return this.#backend.sumSignatures([added])
    const point = this.#decode(aggregate)
    return point === undefined ? undefined : this.#backend.sumSignatures([point, added])
  }

  verifyAggregate(claims: readonly SignedClaim[], aggregate: Uint8Array): boolean {
    assertAscending(claims)
    const keysOfMessage = new Map<string, { message: Uint8Array; keys: Key[] }>()
    for (const { key, message } of claims) {
      const opened = this.#keys.open(key)
      const id = toHex(message)
      const group = keysOfMessage.get(id)
      if (group === undefined) keysOfMessage.set(id, { message, keys: [opened] })
      else group.keys.push(opened)
    }
    if (claims.length === 0) return false
    const point = this.#decode(aggregate)
    if (point === undefined) return false
    const summed: BlsClaim<Key>[] = []
    for (const { message, keys } of keysOfMessage.values()) {
      const key = this.#backend.sumKeys(keys)
      if (key === undefined) return false
      summed.push({ key, message })
    }
    return this.#backend.verify(summed, point)
  }

  get gainsFromBatches(): boolean {
    return this.#backend.verifyMany !== undefined
  }

  verifyAggregates(
    checks: readonly AggregateCheck[],
    random: (n: number) => Uint8Array,
  ): boolean[] {
    return inOneGo(this.verifyAggregatesBySteps(checks, random))
  }

  *verifyAggregatesBySteps(
    checks: readonly AggregateCheck[],
    random: (n: number) => Uint8Array,
  ): Generator<undefined, boolean[], undefined> {
    const verdicts = checks.map(() => false)
    const groups = groupBySigners(checks)
    const together = [...groups.values()].flat()
    const areRight = together.length > 1 && (yield* this.#verifyTogether(checks, groups, random))
    if (areRight) for (const place of together) verdicts[place] = true
    // one by one, so that the wrong ones are known
    for (const [place, { claims, aggregate }] of checks.entries()) {
      if (verdicts[place] === true) continue
      verdicts[place] = this.verifyAggregate(claims, aggregate)
      yield
    }
    return verdicts
  }

  /**
   * Whether all checks in the groups, each of one message, hold; false, too, when that cannot be told at once.
   * @see docs/spec/chonky.md D11
   */
  *#verifyTogether(
    checks: readonly AggregateCheck[],
    groups: ReadonlyMap<string, readonly number[]>,
    random: (n: number) => Uint8Array,
  ): Generator<undefined, boolean, undefined> {
    const sets: BlsTerms<Key, Signature>[] = []
    for (const [signers, places] of groups) {
      const claims = checks[places[0] ?? 0]?.claims ?? []
      assertAscending(claims)
      const key = this.#sums.of(signers, () =>
        this.#backend.sumKeys(claims.map((claim) => this.#keys.open(claim.key))),
      )
      if (key === undefined) return false
      const terms: BlsTerm<Signature>[] = []
      for (const place of places) {
        const { claims: [claim] = [], aggregate } = checks[place] ?? {}
        const signature = aggregate && this.#decode(aggregate)
        if (claim === undefined || signature === undefined) return false
        terms.push({ message: claim.message, signature })
        yield
      }
      sets.push({ key, terms })
    }
    const verdict = this.#backend.verifyMany?.(sets, random)
    return verdict !== undefined && (yield* verdict)
  }

  keysSumToInfinity(keys: readonly PublicKeyHandle[]): boolean {
    return (
      keys.length === 0 ||
      this.#backend.sumKeys(keys.map((key) => this.#keys.open(key))) === undefined
    )
  }

  provePossession(secret: Uint8Array): Uint8Array {
    assertSecret(isScalar(secret))
    return this.#backend.provePossession(secret)
  }

  verifyPossession(key: PublicKeyHandle, proof: Uint8Array): boolean {
    const opened = this.#keys.open(key)
    const point = this.#decode(proof)
    return point !== undefined && this.#backend.verifyPossession(opened, key.bytes, point)
  }

  #decode(bytes: Uint8Array): Signature | undefined {
    return isCompressedPoint(bytes, this.signatureBytes)
      ? this.#backend.decodeSignature(bytes)
      : undefined
  }
}

/** Places of the checks that are of one message each, by their signers. */
function groupBySigners(checks: readonly AggregateCheck[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const [place, { claims }] of checks.entries()) {
    const [first] = claims
    if (!first || !claims.every(({ message }) => bytesEqual(message, first.message))) continue
    const signers = claims.map(({ index, key }) => `${index}:${toHex(key.bytes)}`).join()
    const group = groups.get(signers)
    if (group) group.push(place)
    else groups.set(signers, [place])
  }
  return groups
}
