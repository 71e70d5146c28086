import { assertAscending, assertSecret } from './assertions.js'
import { concatBytes } from './bytes.js'
import { drawSecret } from './draw-secret.js'
import { KeyRing } from './key-ring.js'
import type {
  AggregatePart,
  PublicKeyHandle,
  SignatureScheme,
  SignedClaim,
} from './signature-scheme.js'

/**
 * A signature algorithm that cannot aggregate. The functions that take untrusted bytes must not throw;
 * `verify` is asked only about signatures that `isCanonicalSignature` accepts.
 */
export interface SingleSigner<Key> {
  readonly id: number
  readonly name: string
  readonly backend: string
  readonly secretKeyBytes: number
  readonly publicKeyBytes: number
  readonly signatureBytes: number
  isSecretKey(bytes: Uint8Array): boolean
  publicKey(secret: Uint8Array): Uint8Array
  decodeKey(bytes: Uint8Array): Key | undefined
  isCanonicalSignature(bytes: Uint8Array): boolean
  sign(secret: Uint8Array, message: Uint8Array): Uint8Array
  verify(key: Key, message: Uint8Array, signature: Uint8Array): boolean
}

/**
 * The scheme whose aggregate is the signatures one after another by ascending index of their signers, so that it needs no
 * proof of possession and each signature is verified alone.
 */
export class ConcatenatingScheme<Key> implements SignatureScheme {
  readonly id: number
  readonly name: string
  readonly backend: string
  readonly secretKeyBytes: number
  readonly publicKeyBytes: number
  readonly signatureBytes: number
  readonly needsProofOfPossession = false
  readonly #signer: SingleSigner<Key>
  readonly #keys: KeyRing<Key>

  constructor(signer: SingleSigner<Key>) {
    this.id = signer.id
    this.name = signer.name
    this.backend = signer.backend
    this.secretKeyBytes = signer.secretKeyBytes
    this.publicKeyBytes = signer.publicKeyBytes
    this.signatureBytes = signer.signatureBytes
    this.#signer = signer
    this.#keys = new KeyRing(signer.id, (bytes) =>
      bytes.length === signer.publicKeyBytes ? signer.decodeKey(bytes) : undefined,
    )
  }

  get emptyAggregate(): Uint8Array {
    return new Uint8Array(0)
  }

  aggregateBytes(signers: number): number {
    return signers * this.signatureBytes
  }

  generateSecretKey(random: (n: number) => Uint8Array): Uint8Array {
    return drawSecret(random, this.secretKeyBytes, (bytes) => this.isSecretKey(bytes))
  }

  isSecretKey(bytes: Uint8Array): boolean {
    return bytes.length === this.secretKeyBytes && this.#signer.isSecretKey(bytes)
  }

  publicKey(secret: Uint8Array): Uint8Array {
    assertSecret(this.isSecretKey(secret))
    return this.#signer.publicKey(secret)
  }

  importPublicKey(bytes: Uint8Array): PublicKeyHandle | undefined {
    return this.#keys.import(bytes)
  }

  isCanonicalSignature(bytes: Uint8Array): boolean {
    return bytes.length === this.signatureBytes && this.#signer.isCanonicalSignature(bytes)
  }

  isCanonicalAggregate(bytes: Uint8Array, signers: number): boolean {
    if (bytes.length !== this.aggregateBytes(signers)) return false
    for (let rank = 0; rank < signers; rank++) {
      if (!this.isCanonicalSignature(this.#part(bytes, rank))) return false
    }
    return true
  }

  sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    assertSecret(this.isSecretKey(secret))
    return this.#signer.sign(secret, message)
  }

  verify(key: PublicKeyHandle, message: Uint8Array, signature: Uint8Array): boolean {
    const opened = this.#keys.open(key)
    return this.isCanonicalSignature(signature) && this.#signer.verify(opened, message, signature)
  }

  aggregate(parts: readonly AggregatePart[]): Uint8Array | undefined {
    assertAscending(parts)
    if (!parts.every(({ signature }) => this.isCanonicalSignature(signature))) return undefined
    return concatBytes(...parts.map(({ signature }) => signature))
  }

  extendAggregate(
    aggregate: Uint8Array,
    rank: number,
    signature: Uint8Array,
  ): Uint8Array | undefined {
    if (!Number.isSafeInteger(rank) || rank < 0) throw new RangeError(`rank: got ${rank}`)
    if (!this.isCanonicalSignature(signature)) return undefined
    const signers = aggregate.length / this.signatureBytes
    if (rank > signers || !this.isCanonicalAggregate(aggregate, signers)) return undefined
    const at = rank * this.signatureBytes
    return concatBytes(aggregate.subarray(0, at), signature, aggregate.subarray(at))
  }

  verifyAggregate(claims: readonly SignedClaim[], aggregate: Uint8Array): boolean {
    const keys = this.#keysOf(claims, aggregate)
    return (
      keys !== undefined &&
      claims.every(({ message }, rank) =>
        this.#signer.verify(keys[rank] as Key, message, this.#part(aggregate, rank)),
      )
    )
  }

  keysSumToInfinity(): boolean {
    return false
  }

  provePossession(): Uint8Array {
    return new Uint8Array(0)
  }

  verifyPossession(key: PublicKeyHandle, proof: Uint8Array): boolean {
    this.#keys.open(key)
    return proof.length === 0
  }

  /** The decoded keys of claims; `undefined` when the aggregate does not have their form. */
  #keysOf(claims: readonly SignedClaim[], aggregate: Uint8Array): Key[] | undefined {
    assertAscending(claims)
    const keys = claims.map(({ key }) => this.#keys.open(key))
    const fits = claims.length > 0 && this.isCanonicalAggregate(aggregate, claims.length)
    return fits ? keys : undefined
  }

  #part(aggregate: Uint8Array, rank: number): Uint8Array {
    return aggregate.subarray(rank * this.signatureBytes, (rank + 1) * this.signatureBytes)
  }
}
