import { bytesEqual, fromHex } from './bytes.js'
import type { Bn254 } from './bn254/bn254.js'
import { bn254Order } from './bn254/encoding.js'
import { generatorG1, generatorG2 } from './bn254/generators.js'
import type { Keccak256 } from './keccak256.js'
import type { SignatureScheme } from './signature-scheme.js'

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0)

/** The hashes of no bytes and of 0x123456. */
const hashOf123456 = bytes('6adf031833174bbe4c85eafe59ddb54e6584648c2c962c6f94791ab49caa0ad4')
const hashOfNothing = bytes('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')

/**
 * Whether a hash backend gives the known hash of nothing, in a digest begun after another one, and that of a stream into
 * which it falls.
 */
export function hashPasses(implementation: Keccak256): boolean {
  const stream = implementation.stream()
  stream.update(bytes('1234'))
  implementation.digest([bytes('123456')])
  const passes = bytesEqual(implementation.digest([]), hashOfNothing)
  stream.update(bytes('56'))
  return passes && bytesEqual(stream.digest(), hashOf123456)
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

/**
 * Whether a backend of BN254 multiplies as `oracle` does, finds e(2P, Q)·e(−P, Q)·e(−P, Q) to be one, and the product of its first
 * two factors not.
 */
export function bn254Passes(backend: Bn254, oracle: Bn254): boolean {
  const point = backend.decodeG1(generatorG1)
  const g2 = backend.decodeG2(generatorG2)
  if (point === undefined || g2 === undefined) return false
  const terms = [
    { point, scalar: 1n },
    { point, scalar: bn254Order - 0x1234_5678n },
  ]
  const multiple = backend.multiplySum(terms)
  const q = backend.prepare(g2)
  const minus = { g1: backend.negate(point), g2: q }
  const twice = { g1: backend.multiplySum([{ point, scalar: 2n }]), g2 }
  return (
    bytesEqual(multiple, oracle.multiplySum(terms)) &&
    backend.pairingProductIsOne([twice, minus, minus]) &&
    !backend.pairingProductIsOne([twice, minus])
  )
}
