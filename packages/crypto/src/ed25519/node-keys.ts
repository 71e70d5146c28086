import { toHex } from '../bytes.js'
import { isPlausiblePoint, isPlausibleSignature } from './encoding.js'
import { decodePoint } from './noble.js'
import type { Ed25519Primitive } from './primitive.js'

/** Raw Ed25519 for the keys of nodes, without a scheme around it. */
export interface Ed25519 {
  /** The backend at work. */
  readonly backend: string
  /** The 32-byte public key of a 32-byte seed. */
  publicKey(seed: Uint8Array): Uint8Array
  /** The 64-byte signature R ‖ s of RFC 8032. */
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array
  /**
   * True iff key and R are canonical and not of small order, s is below the group's order, and
   * R's bytes = encode(sB − H(R ‖ A ‖ M)·A), without cofactor. Every backend decides alike on every input.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean
  /** Whether {@link verify} could accept this key: 32 bytes, canonical, on the curve, not of small order. */
  isPublicKey(bytes: Uint8Array): boolean
}

const rememberedKeys = 256

/** Builds the {@link Ed25519} of one library; remembers a bounded number of prepared keys. */
export function nodeKeys<Key>(primitive: Ed25519Primitive<Key>): Ed25519 {
  const prepared = new Map<string, Key>()

  function prepare(bytes: Uint8Array): Key | undefined {
    const id = toHex(bytes)
    const known = prepared.get(id)
    if (known !== undefined) return known
    const key = primitive.prepare(bytes)
    if (key === undefined) return undefined
    if (prepared.size >= rememberedKeys) prepared.clear()
    prepared.set(id, key)
    return key
  }

  return {
    backend: primitive.backend,
    publicKey(seed) {
      assertSeed(seed)
      return primitive.publicKey(seed)
    },
    sign(seed, message) {
      assertSeed(seed)
      return primitive.sign(seed, message)
    },
    verify(publicKey, message, signature) {
      if (publicKey.length !== 32 || !isPlausiblePoint(publicKey)) return false
      if (!isPlausibleSignature(signature)) return false
      const key = prepare(publicKey)
      return key !== undefined && primitive.satisfies(key, message, signature)
    },
    isPublicKey: (bytes) =>
      bytes.length === 32 && isPlausiblePoint(bytes) && decodePoint(bytes) !== undefined,
  }
}

function assertSeed(seed: Uint8Array): void {
  if (seed.length !== 32) throw new RangeError(`seed: expected 32 bytes, got ${seed.length}`)
}
