import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256, ok } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import { digestSigner } from './digest-signer.js'
import type { L1Signer } from './l1-signer.js'

/**
 * A signer whose private key, 32 bytes, is in memory. Signatures are deterministic.
 *
 * @throws RangeError when the bytes are no key; they are not shown.
 * @see https://www.rfc-editor.org/rfc/rfc6979
 */
export function keySigner(privateKey: Uint8Array): L1Signer {
  if (!secp256k1.utils.isValidSecretKey(privateKey))
    throw new RangeError('privateKey: expected 32 bytes between 0 and the order of secp256k1')
  const key = Uint8Array.from(privateKey)
  return digestSigner({
    address: addressOfKey(secp256k1.getPublicKey(key, false)),
    async signDigest(digest) {
      const bytes = secp256k1.sign(digest, key, { prehash: false, lowS: true })
      const { r, s } = secp256k1.Signature.fromBytes(bytes, 'compact')
      return ok({ r, s })
    },
  })
}

/** The address of a public key in its uncompressed form, 65 bytes. */
export function addressOfKey(publicKey: Uint8Array): Address {
  return address(keccak256(publicKey.subarray(1)).slice(12))
}
