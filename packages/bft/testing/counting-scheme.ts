import type { SignatureScheme } from '@zkstack/crypto'

/** A scheme that counts its checks. */
export interface CountingScheme {
  readonly scheme: SignatureScheme
  /** Calls of `verify` and `verifyAggregate` since the last `reset`: one pairing check each. */
  readonly checks: number
  reset(): void
}

/** Wraps a scheme so that its signature checks are counted. */
export function countingScheme(inner: SignatureScheme): CountingScheme {
  let checks = 0
  const scheme: SignatureScheme = {
    id: inner.id,
    name: inner.name,
    backend: inner.backend,
    secretKeyBytes: inner.secretKeyBytes,
    publicKeyBytes: inner.publicKeyBytes,
    signatureBytes: inner.signatureBytes,
    needsProofOfPossession: inner.needsProofOfPossession,
    get emptyAggregate() {
      return inner.emptyAggregate
    },
    aggregateBytes: (signers) => inner.aggregateBytes(signers),
    generateSecretKey: (random) => inner.generateSecretKey(random),
    isSecretKey: (bytes) => inner.isSecretKey(bytes),
    publicKey: (secret) => inner.publicKey(secret),
    importPublicKey: (bytes) => inner.importPublicKey(bytes),
    isCanonicalSignature: (bytes) => inner.isCanonicalSignature(bytes),
    isCanonicalAggregate: (bytes, signers) => inner.isCanonicalAggregate(bytes, signers),
    sign: (secret, message) => inner.sign(secret, message),
    verify(key, message, signature) {
      checks += 1
      return inner.verify(key, message, signature)
    },
    aggregate: (parts) => inner.aggregate(parts),
    extendAggregate: (aggregate, rank, signature) =>
      inner.extendAggregate(aggregate, rank, signature),
    verifyAggregate(claims, aggregate) {
      checks += 1
      return inner.verifyAggregate(claims, aggregate)
    },
    keysSumToInfinity: (keys) => inner.keysSumToInfinity(keys),
    provePossession: (secret) => inner.provePossession(secret),
    verifyPossession: (key, proof) => inner.verifyPossession(key, proof),
  }
  return {
    scheme,
    get checks() {
      return checks
    },
    reset() {
      checks = 0
    },
  }
}
