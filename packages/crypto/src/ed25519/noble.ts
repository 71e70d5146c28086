import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes.js'
import { groupOrder } from './encoding.js'
import type { Ed25519Primitive } from './primitive.js'

type Point = typeof ed25519.Point.BASE
const { Point } = ed25519

/** A decoded key, with its encoding for the challenge hash. */
export interface NobleKey {
  readonly point: Point
  readonly bytes: Uint8Array
}

function littleEndianValue(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}

/** The point of 32 canonical bytes, of whatever order; `undefined` when off the curve. */
export function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes)
  } catch {
    return undefined
  }
}

/** Ed25519 by noble-curves, with this library's own equation: noble's verification multiplies by the cofactor. */
export const nobleEd25519: Ed25519Primitive<NobleKey> = {
  backend: 'noble',
  publicKey: (seed) => ed25519.getPublicKey(seed),
  sign: (seed, message) => ed25519.sign(message, seed),
  prepare(bytes) {
    const point = decodePoint(bytes)
    return point === undefined ? undefined : { point, bytes: Uint8Array.from(bytes) }
  },
  satisfies(key, message, signature) {
    const commitment = signature.subarray(0, 32)
    const s = littleEndianValue(signature.subarray(32))
    const hash = sha512.create().update(commitment).update(key.bytes).update(message).digest()
    const challenge = littleEndianValue(hash) % groupOrder
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.point.multiplyUnsafe(challenge))
    return bytesEqual(expected.toBytes(), commitment)
  },
}
