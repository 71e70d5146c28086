import type { AggregateCheck } from './workers/aggregate-check.js'

/**
 * A public key that passed validation, with its decoded form inside.
 * Use it only with schemes of the id that made it; a scheme of another id throws a `TypeError`.
 */
export interface PublicKeyHandle {
  /** The canonical encoding; not to be changed. */
  readonly bytes: Uint8Array
}

/** One signature of an aggregate; `index` is the signer's position in the schedule. */
export interface AggregatePart {
  readonly index: number
  readonly signature: Uint8Array
}

/** The statement "the validator at `index`, whose key is `key`, signed `message`". */
export interface SignedClaim {
  readonly index: number
  readonly key: PublicKeyHandle
  readonly message: Uint8Array
}

/**
 * A signature scheme with one backend. All backends of one id make the same bytes and reach the same verdicts.
 *
 * No method throws on bytes that came from elsewhere (keys to import, signatures, aggregates, proofs): they are refused by
 * `undefined` or `false`. Methods throw on programming errors: a `RangeError` for a secret key for which
 * {@link isSecretKey} is false or for indices that do not ascend, a `TypeError` for a handle of another scheme.
 */
export interface SignatureScheme {
  /** The number in the genesis: 0 = BLS min-sig (never written), 1 = BLS min-pk, 2 = Ed25519. */
  readonly id: number
  /** The tag in text forms: `bls12_381`, `bls12_381_min_pk`, `ed25519`. */
  readonly name: string
  /** The implementation at work, such as `noble`. */
  readonly backend: string
  readonly secretKeyBytes: number
  readonly publicKeyBytes: number
  readonly signatureBytes: number
  /** Whether a schedule key must prove possession of its secret before use, because aggregates sum keys. */
  readonly needsProofOfPossession: boolean
  /** The aggregate of no signatures: infinity for BLS, zero bytes for Ed25519. */
  readonly emptyAggregate: Uint8Array
  /** Exact length in bytes of an aggregate of `signers` signatures. */
  aggregateBytes(signers: number): number
  /** A uniform secret key; `random(n)` supplies n bytes and may be called several times. */
  generateSecretKey(random: (n: number) => Uint8Array): Uint8Array
  isSecretKey(bytes: Uint8Array): boolean
  publicKey(secret: Uint8Array): Uint8Array
  /** Validates and decodes a key: exact length, canonical, on the curve, in the prime-order subgroup, not the neutral element. */
  importPublicKey(bytes: Uint8Array): PublicKeyHandle | undefined
  /** Exact length, canonical encoding, not infinity; a cheap look at the bytes, without curve arithmetic. */
  isCanonicalSignature(bytes: Uint8Array): boolean
  /** The same for an aggregate of `signers` signatures; of none, only {@link emptyAggregate} is canonical. */
  isCanonicalAggregate(bytes: Uint8Array, signers: number): boolean
  /** Signs a message, by convention a 32-byte hash; deterministic. */
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array
  verify(key: PublicKeyHandle, message: Uint8Array, signature: Uint8Array): boolean
  /**
   * Joins signatures, given by ascending index, without verifying them; `undefined` when one does not decode.
   * A BLS part is not checked for its subgroup here: the sum is, by {@link verifyAggregate}.
   */
  aggregate(parts: readonly AggregatePart[]): Uint8Array | undefined
  /** Adds one signature to an aggregate; `rank` is the number of signers in it with a lower index. */
  extendAggregate(
    aggregate: Uint8Array,
    rank: number,
    signature: Uint8Array,
  ): Uint8Array | undefined
  /**
   * Whether `aggregate` joins a signature of every claim, given by ascending index. BLS sums the keys of equal messages.
   * False for no claims, for an infinite aggregate and when the keys of a message sum to infinity.
   * With BLS it proves the set as a whole, and only among keys that proved possession.
   */
  verifyAggregate(claims: readonly SignedClaim[], aggregate: Uint8Array): boolean
  /** Whether {@link verifyAggregates} costs less than one check after another. Absent: it does not. */
  readonly gainsFromBatches?: boolean
  /**
   * The verdicts of {@link verifyAggregate} on several aggregates. Those whose signers all made one message each are
   * checked together, by random numbers that nobody can foresee: of 128 bits from `random(n)`, which supplies n bytes, or of 64 bits
   * that native blst draws itself. Wrong ones that make up for each other pass with a chance of one in 2^128, or 2^64.
   */
  verifyAggregates?(checks: readonly AggregateCheck[], random: (n: number) => Uint8Array): boolean[]
  /** {@link verifyAggregates} by steps, each as long as a few checks at most, so that others may have turns between them. */
  verifyAggregatesBySteps?(
    checks: readonly AggregateCheck[],
    random: (n: number) => Uint8Array,
  ): Generator<undefined, boolean[], undefined>
  /** Whether the keys sum to infinity, so that no aggregate of theirs on one message verifies; always false for Ed25519. */
  keysSumToInfinity(keys: readonly PublicKeyHandle[]): boolean
  /** A proof that the holder of the secret made it, under a domain of its own; zero bytes where none is needed. */
  provePossession(secret: Uint8Array): Uint8Array
  verifyPossession(key: PublicKeyHandle, proof: Uint8Array): boolean
}
