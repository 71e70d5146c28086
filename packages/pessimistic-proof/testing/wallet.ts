import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../src/types/address.js'
import type { EcdsaSignature } from '../src/types/ecdsa-signature.js'

/** A key that signs digests; known to everybody, so never for anything of value. */
export interface Wallet {
  readonly address: Address
  /** Signs a digest as it is, deterministically, with a low s. */
  sign(digest: Hash32): EcdsaSignature
}

/** The wallet of a secret key of 32 bytes. */
export function wallet(secretKey: Uint8Array): Wallet {
  const publicKey = secp256k1.getPublicKey(secretKey, false)
  return {
    address: address(keccak256(publicKey.subarray(1)).slice(12)),
    sign(digest) {
      const bytes = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' })
      const { r, s, recovery } = secp256k1.Signature.fromBytes(bytes, 'recovered')
      return { r, s, oddYParity: recovery === 1 }
    },
  }
}

/** The wallet with this number of upstream's test suite: its key is keccak256 of `FAKEKEY:` ‖ u32 BE number. */
export function fakeWallet(number: number): Wallet {
  const suffix = new Uint8Array(4)
  new DataView(suffix.buffer).setUint32(0, number)
  return wallet(keccak256(new TextEncoder().encode('FAKEKEY:'), suffix))
}

/** The wallet with this number of upstream's committees: its key is keccak256 of u64 BE number. */
export function committeeWallet(number: number): Wallet {
  const preimage = new Uint8Array(8)
  new DataView(preimage.buffer).setBigUint64(0, BigInt(number))
  return wallet(keccak256(preimage))
}
