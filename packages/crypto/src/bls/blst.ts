import type * as BlstModule from '@chainsafe/blst'
import type { BlsBackend, BlsTerms } from './backend.js'
import { isInfinity } from './encoding.js'

/** The native binding `@chainsafe/blst`. */
export type Blst = typeof BlstModule

/** Proofs of possession over encoded keys and proofs. */
export interface Possession {
  prove(secret: Uint8Array): Uint8Array
  verify(keyBytes: Uint8Array, proof: Uint8Array): boolean
}

/** The proofs of possession of a backend, for one that has none of its own. */
export function possessionBy<Key, Signature>(backend: BlsBackend<Key, Signature>): Possession {
  return {
    prove: (secret) => backend.provePossession(secret),
    verify(keyBytes, proof) {
      const key = backend.decodeKey(keyBytes)
      const point = backend.decodeSignature(proof)
      if (key === undefined || point === undefined) return false
      return backend.verifyPossession(key, keyBytes, point)
    },
  }
}

/** Signatures to an equation: with twice as many each costs a tenth less, and others wait twice as long. */
const checkedAtOnce = 8

/**
 * Keys in G1, signatures in G2, by native blst, whose signing domain is fixed to that of min-pk.
 * Proofs of possession, which need another domain, are made and checked by `possession`.
 */
export function blstMinPk(
  blst: Blst,
  possession: Possession,
): BlsBackend<BlstModule.PublicKey, BlstModule.Signature> {
  /**
   * blst draws its coefficients itself, of 64 bits and from a generator that the operating system seeds: wrong signatures that make
   * up for each other pass with a chance of one in 2^64.
   */
  function* verifyMany(
    sets: readonly BlsTerms<BlstModule.PublicKey, BlstModule.Signature>[],
  ): Generator<undefined, boolean, undefined> {
    const all = sets.flatMap(({ key, terms }) =>
      terms.map(({ message, signature }) => ({ msg: message, pk: key, sig: signature })),
    )
    for (let at = 0; at < all.length; at += checkedAtOnce) {
      const some = all.slice(at, at + checkedAtOnce)
      if (!blst.verifyMultipleAggregateSignatures(some, false, true)) return false
      yield
    }
    return true
  }

  return {
    name: 'blst',
    publicKey: (secret) => copy(blst.SecretKey.fromBytes(secret).toPublicKey().toBytes()),
    sign: (secret, message) => copy(blst.SecretKey.fromBytes(secret).sign(message).toBytes()),
    decodeKey: (bytes) => orUndefined(() => blst.PublicKey.fromBytes(bytes, true)),
    decodeSignature: (bytes) => orUndefined(() => blst.Signature.fromBytes(bytes, false)),
    sumSignatures: (signatures) => copy(blst.aggregateSignatures([...signatures], false).toBytes()),
    sumKeys(keys) {
      if (keys.length === 1) return keys[0]
      const sum = blst.aggregatePublicKeys([...keys], false)
      return isInfinity(sum.toBytes(), 48) ? undefined : sum
    },
    verify(claims, signature) {
      const messages = claims.map(({ message }) => message)
      const keys = claims.map(({ key }) => key)
      return blst.aggregateVerify(messages, keys, signature, false, true)
    },
    verifyMany,
    provePossession: (secret) => possession.prove(secret),
    verifyPossession: (_, keyBytes, proof) => possession.verify(keyBytes, copy(proof.toBytes())),
  }
}

/** Results are copied, so that no view of native memory or of a pool leaves the package. */
function copy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}

/** blst reports points off the curve or outside the subgroup by throwing. */
function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}
