import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256, type Hash32 } from '@zkstack/crypto'
import { bigintFromBytes, bytesFromBigint } from '../codec/u256.js'
import { address, type Address } from '../types/address.js'
import type { EcdsaSignature } from '../types/ecdsa-signature.js'

const { Point } = secp256k1
const scalars = Point.Fn

/**
 * The address that signed a digest, taken as it is, without EIP-191 prefix.
 *
 * A high s is accepted, as upstream does. `undefined` when r or s is no scalar, or when no key fits.
 */
export function recoverSigner(signature: EcdsaSignature, digest: Hash32): Address | undefined {
  return signerRecovery(signature)(digest)
}

/**
 * {@link recoverSigner} for one signature and several digests, of which only one was signed: what does not depend on the digest,
 * the larger part of the work, is done once.
 * @see https://www.secg.org/sec1-v2.pdf section 4.1.6
 */
export function signerRecovery(signature: EcdsaSignature): (digest: Hash32) => Address | undefined {
  const { r, s } = signature
  const nonce = isScalar(r) && isScalar(s) ? noncePoint(signature) : undefined
  if (nonce === undefined) return () => undefined
  const inverse = scalars.inv(r)
  const fixed = nonce.multiplyUnsafe(scalars.mul(s, inverse))
  return (digest) => {
    const scalar = scalars.mul(scalars.create(bigintFromBytes(digest)), inverse)
    const key = fixed.subtract(Point.BASE.multiplyUnsafe(scalar))
    if (key.is0()) return undefined
    return address(keccak256(key.toBytes(false).subarray(1)).slice(12))
  }
}

function isScalar(value: bigint): boolean {
  return value > 0n && value < scalars.ORDER
}

/** The point whose x coordinate is r; `undefined` if there is none. */
function noncePoint({ r, oddYParity }: EcdsaSignature): typeof Point.BASE | undefined {
  const encoded = new Uint8Array(33)
  encoded[0] = oddYParity ? 3 : 2
  encoded.set(bytesFromBigint(r), 1)
  try {
    return Point.fromBytes(encoded)
  } catch {
    return undefined
  }
}
