import type { KeyObject } from 'node:crypto'
import { bytesEqual, concatBytes } from '../bytes.js'
import type { Ed25519Primitive } from './primitive.js'

/** The part of `node:crypto` in use. */
export type NodeCrypto = Pick<
  typeof import('node:crypto'),
  'createPrivateKey' | 'createPublicKey' | 'sign' | 'verify'
>

/** DER of a private key (PKCS #8) and of a public key (SPKI) before their 32 bytes. @see RFC 8410, sections 7 and 4 */
const privatePrefix = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32])
const publicPrefix = Uint8Array.from([48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0])

/** Ed25519 by `node:crypto` (OpenSSL), whose verification uses the equation without cofactor. */
export function nodeEd25519(crypto: NodeCrypto): Ed25519Primitive<KeyObject> {
  const imported = new WeakMap<Uint8Array, { seed: Uint8Array; key: KeyObject }>()

  /** Keeps the imported key beside the array that holds the seed: importing costs more than signing. */
  function privateKey(seed: Uint8Array): KeyObject {
    const known = imported.get(seed)
    if (known !== undefined && bytesEqual(known.seed, seed)) return known.key
    const der = concatBytes(privatePrefix, seed)
    const key = crypto.createPrivateKey({ key: asBuffer(der), format: 'der', type: 'pkcs8' })
    der.fill(0)
    imported.set(seed, { seed: Uint8Array.from(seed), key })
    return key
  }

  return {
    backend: 'node',
    publicKey(seed) {
      const { x } = crypto.createPublicKey(privateKey(seed)).export({ format: 'jwk' })
      return Uint8Array.from(Buffer.from(x ?? '', 'base64url'))
    },
    sign: (seed, message) => Uint8Array.from(crypto.sign(null, message, privateKey(seed))),
    prepare(bytes) {
      const key = concatBytes(publicPrefix, bytes)
      return crypto.createPublicKey({ key: asBuffer(key), format: 'der', type: 'spki' })
    },
    satisfies: (key, message, signature) => crypto.verify(null, message, key, signature),
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
