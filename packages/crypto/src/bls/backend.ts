/** A key, or a sum of keys, and the message that it signed. */
export interface BlsClaim<Key> {
  readonly key: Key
  readonly message: Uint8Array
}

/** A message and its signature. */
export interface BlsTerm<Signature> {
  readonly message: Uint8Array
  readonly signature: Signature
}

/** What one key, or sum of keys, signed. */
export interface BlsTerms<Key, Signature> {
  readonly key: Key
  readonly terms: readonly BlsTerm<Signature>[]
}

/**
 * What a library of BLS12-381 does for a {@link BlsScheme}, which checks encodings before it asks:
 * byte arguments have the form of a compressed point other than infinity unless said otherwise, secrets are valid scalars.
 * `Key` and `Signature` are the library's decoded points, owned by the garbage collector.
 */
export interface BlsBackend<Key, Signature> {
  readonly name: string
  publicKey(secret: Uint8Array): Uint8Array
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array
  /** `undefined` unless the point is on the curve and in the subgroup. */
  decodeKey(bytes: Uint8Array): Key | undefined
  /** `undefined` unless the point is on the curve; its subgroup is not checked. */
  decodeSignature(bytes: Uint8Array): Signature | undefined
  /** The encoded sum of one or more signatures, which may be infinity. */
  sumSignatures(signatures: readonly Signature[]): Uint8Array
  /** The sum of one or more keys; `undefined` when it is infinity. */
  sumKeys(keys: readonly Key[]): Key | undefined
  /** Checks the signature's subgroup and the pairing equation for one or more claims. */
  verify(claims: readonly BlsClaim<Key>[], signature: Signature): boolean
  /**
   * Whether each signature is one of its message by its key, by pairing equations of several at a time, in which each has a random
   * number as its factor: from `random(n)`, which supplies n bytes, unless the library draws its own. Subgroups are checked one by
   * one. By steps, each as long as a few of {@link verify} at most. Absent: it would cost as much as one after another.
   */
  verifyMany?(
    sets: readonly BlsTerms<Key, Signature>[],
    random: (n: number) => Uint8Array,
  ): Generator<undefined, boolean, undefined>
  /** Signs the public key under the domain of proofs of possession. */
  provePossession(secret: Uint8Array): Uint8Array
  verifyPossession(key: Key, keyBytes: Uint8Array, proof: Signature): boolean
}

/** Which of the two groups holds keys and which signatures, and the domains of the messages hashed to the latter. */
export interface BlsVariant {
  readonly id: number
  readonly name: string
  readonly publicKeyBytes: 48 | 96
  readonly signatureBytes: 48 | 96
  readonly signatureDomain: Uint8Array
  readonly possessionDomain: Uint8Array
}
