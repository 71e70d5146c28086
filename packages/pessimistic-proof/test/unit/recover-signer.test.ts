import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak256 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { address, recoverSigner, ZERO_HASH, type EcdsaSignature } from '../../src/index.js'
import { wallet } from '../../testing/index.js'
import { filled } from '../helpers/hex.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

printSeedOnFailure()

const order = secp256k1.Point.Fn.ORDER

/** Recovery by noble's own function. */
function recoveredByNoble({ r, s, oddYParity }: EcdsaSignature, digest: Uint8Array) {
  try {
    const parsed = new secp256k1.Signature(r, s, oddYParity ? 1 : 0)
    return address(keccak256(parsed.recoverPublicKey(digest).toBytes(false).subarray(1)).slice(12))
  } catch {
    return undefined
  }
}

describe('the signer recovered', () => {
  test('is who signed, with a high s too', () => {
    const random = testRandom('signers')
    for (let i = 0; i < 20; i++) {
      const signer = wallet(random.hash())
      const digest = random.hash()
      const { r, s, oddYParity } = signer.sign(digest)
      expect(recoverSigner({ r, s, oddYParity }, digest)).toEqual(signer.address)
      expect(recoverSigner({ r, s: order - s, oddYParity: !oddYParity }, digest)).toEqual(
        signer.address,
      )
    }
  })

  test('from any numbers › is whom noble finds, if anybody', () => {
    const random = testRandom('numbers')
    const digests = [ZERO_HASH, filled(0xff)]
    for (let i = 0; i < 40; i++) {
      const signature = { r: random.bigint(), s: random.bigint(), oddYParity: i % 2 === 0 }
      const digest = digests[i] ?? random.hash()
      expect(recoverSigner(signature, digest)).toEqual(recoveredByNoble(signature, digest))
    }
  })

  test('from what is no scalar, no point or the point at infinity › is nobody', () => {
    const { r, s, oddYParity } = wallet(filled(1)).sign(filled(2))
    for (const wrong of [0n, order, order + 1n, 2n ** 256n - 1n]) {
      expect(recoverSigner({ r: wrong, s, oddYParity }, filled(2))).toBeUndefined()
      expect(recoverSigner({ r, s: wrong, oddYParity }, filled(2))).toBeUndefined()
    }
    // No point of the curve has the x coordinate 5.
    expect(recoverSigner({ r: 5n, s, oddYParity }, filled(2))).toBeUndefined()
    // With the nonce 1 and s equal to the digest, both parts of the sum cancel out.
    const digest = filled(3)
    const scalar = BigInt(`0x${'03'.repeat(32)}`)
    const { x, y } = secp256k1.Point.BASE.toAffine()
    const cancelling = { r: x, s: scalar, oddYParity: (y & 1n) === 1n }
    expect(recoverSigner(cancelling, digest)).toBeUndefined()
  })
})
