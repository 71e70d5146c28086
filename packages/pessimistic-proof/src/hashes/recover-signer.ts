import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../types/address.js'
import type { EcdsaSignature } from '../types/ecdsa-signature.js'

const order = secp256k1.Point.Fn.ORDER

/**
 * The address that signed a digest, taken as it is, without EIP-191 prefix.
 *
 * A high s is accepted, as upstream does. `undefined` when r or s is no scalar, or when no key fits.
 */
export function recoverSigner(signature: EcdsaSignature, digest: Hash32): Address | undefined {
  const { r, s, oddYParity } = signature
  if (r <= 0n || r >= order || s <= 0n || s >= order) return undefined
  const parsed = new secp256k1.Signature(r, s, oddYParity ? 1 : 0)
  try {
    const key = parsed.recoverPublicKey(digest).toBytes(false)
    return address(keccak256(key.subarray(1)).slice(12))
  } catch {
    // r is no point's x coordinate, or the point recovered is zero.
    return undefined
  }
}
