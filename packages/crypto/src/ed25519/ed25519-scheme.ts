import { ConcatenatingScheme } from '../concatenating-scheme.js'
import type { SignatureScheme } from '../signature-scheme.js'
import { isPlausiblePoint, isPlausibleSignature } from './encoding.js'
import { decodePoint } from './noble.js'
import type { Ed25519Primitive } from './primitive.js'

/**
 * Ed25519 as a consensus scheme: 32-byte keys, canonical, torsion-free and not the identity; 64-byte signatures; an aggregate is
 * the signatures by ascending index. Whether a key is torsion-free is decided by one implementation for all backends.
 */
export function ed25519SchemeOf<Key>(primitive: Ed25519Primitive<Key>): SignatureScheme {
  return new ConcatenatingScheme<Key>({
    id: 2,
    name: 'ed25519',
    backend: primitive.backend,
    secretKeyBytes: 32,
    publicKeyBytes: 32,
    signatureBytes: 64,
    isSecretKey: () => true,
    publicKey: (secret) => primitive.publicKey(secret),
    decodeKey(bytes) {
      if (!isPlausiblePoint(bytes)) return undefined
      return decodePoint(bytes)?.isTorsionFree() === true ? primitive.prepare(bytes) : undefined
    },
    isCanonicalSignature: isPlausibleSignature,
    sign: (secret, message) => primitive.sign(secret, message),
    verify: (key, message, signature) => primitive.satisfies(key, message, signature),
  })
}
