import { bytesEqual, fromHex } from './bytes.js'
import type { Keccak256 } from './keccak256.js'
import type { SignatureScheme } from './signature-scheme.js'

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

/** The hash of no bytes. */
const hashOfNothing = bytes('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')

/**
 * Whether a hash backend gives the known hash of nothing, in a stream begun after another one.
 */
export function hashPasses(implementation: Keccak256): boolean {
  implementation.digest([bytes('123456')])
  return bytesEqual(implementation.digest([]), hashOfNothing)
}

/**
 * Whether a scheme backend makes the same key and signature as `oracle`, accepts them, and refuses them on another message;
 * so that a broken native or WebAssembly build is left aside instead of splitting the network.
 */
export function schemePasses(scheme: SignatureScheme, oracle: SignatureScheme): boolean {
  const secret = new Uint8Array(scheme.secretKeyBytes).fill(0x42)
  const message = new Uint8Array(32).fill(0x17)
  const signature = scheme.sign(secret, message)
  const key = scheme.importPublicKey(scheme.publicKey(secret))
  return (
    key !== undefined &&
    bytesEqual(key.bytes, oracle.publicKey(secret)) &&
    bytesEqual(signature, oracle.sign(secret, message)) &&
    scheme.verify(key, message, signature) &&
    !scheme.verify(key, new Uint8Array(32), signature)
  )
}
