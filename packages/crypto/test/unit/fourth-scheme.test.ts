import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, test } from 'vitest'
import { ConcatenatingScheme } from '../../src/index.js'
import { schemeCompliance } from '../../testing/index.js'

// All that a fourth scheme needs: one value of this shape. Aggregation, bitmaps and claims come with it.
const secp256k1Scheme = new ConcatenatingScheme<Uint8Array>({
  id: 200,
  name: 'secp256k1',
  backend: 'noble',
  secretKeyBytes: 32,
  publicKeyBytes: 33,
  signatureBytes: 64,
  isSecretKey: (bytes) => secp256k1.utils.isValidSecretKey(bytes),
  publicKey: (secret) => secp256k1.getPublicKey(secret, true),
  decodeKey: (bytes) => (secp256k1.utils.isValidPublicKey(bytes, true) ? bytes : undefined),
  isCanonicalSignature(bytes) {
    try {
      return !secp256k1.Signature.fromBytes(bytes, 'compact').hasHighS()
    } catch {
      return false
    }
  },
  sign: (secret, message) => secp256k1.sign(message, secret, { prehash: false }),
  verify: (key, message, signature) =>
    message.length === 32 && secp256k1.verify(signature, message, key, { prehash: false }),
})

describe('a fourth scheme in one file', () => {
  test.each(schemeCompliance(secp256k1Scheme))('$name', ({ run }) => run())
})
