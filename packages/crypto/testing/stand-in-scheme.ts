import { assertAscending, assertSecret } from '../src/assertions.js'
import { bytesEqual, toHex } from '../src/bytes.js'
import { drawSecret } from '../src/draw-secret.js'
import { KeyRing } from '../src/key-ring.js'
import type { PublicKeyHandle, SignatureScheme, SignedClaim } from '../src/signature-scheme.js'

/** A Mersenne prime; secrets, keys and signatures are numbers below it, 8 bytes big-endian. */
const modulus = 2n ** 61n - 1n
const elementBytes = 8

function encode(value: bigint): Uint8Array {
  const bytes = new Uint8Array(elementBytes)
  let [high, low] = [Number(value >> 32n), Number(value & 0xffff_ffffn)]
  for (let i = 3; i >= 0; i--) {
    bytes[i] = high
    bytes[i + 4] = low
    high >>>= 8
    low >>>= 8
  }
  return bytes
}

/** Four bytes from `at` on, big-endian. */
function uint32(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + 4; i++) value = value * 256 + (bytes[i] as number)
  return value
}

/** The number in 8 bytes; `undefined` unless it is canonical and, like a point other than infinity, not zero. */
function decode(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== elementBytes) return undefined
  const value = (BigInt(uint32(bytes, 0)) << 32n) | BigInt(uint32(bytes, 4))
  return value > 0n && value < modulus ? value : undefined
}

/** Two rounds of 32-bit mixing (murmur3's) over the message, as a number from 1 to below the modulus. */
function hash(message: Uint8Array, seed: number): bigint {
  let a = seed
  let b = ~seed
  for (let i = 0; i < message.length; i++) {
    const byte = message[i] as number
    a = Math.imul(a ^ byte, 0xcc9e2d51)
    a = (a << 15) | (a >>> 17)
    b = Math.imul(b ^ byte ^ a, 0x1b873593)
    b = (b << 13) | (b >>> 19)
  }
  a = Math.imul(a ^ (b >>> 16) ^ message.length, 0x85ebca6b)
  b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35)
  const mixed = (BigInt((a ^ (a >>> 16)) >>> 0) << 32n) | BigInt((b ^ (b >>> 16)) >>> 0)
  return 1n + (mixed % (modulus - 1n))
}

const signing = 1
const possession = 2

/**
 * A stand-in for BLS in simulations, about a thousand times faster and with the same algebra: a key is its own secret, a signature
 * is key · hash(message) modulo a prime, sums aggregate, zero plays infinity. It detects tampering and wrong signers,
 * and protects from nobody: anyone can sign with a public key. Its id, 255, names no scheme of a genesis.
 */
class StandInScheme implements SignatureScheme {
  readonly id = 255
  readonly name = 'stand_in'
  readonly backend = 'stand_in'
  readonly secretKeyBytes = elementBytes
  readonly publicKeyBytes = elementBytes
  readonly signatureBytes = elementBytes
  readonly needsProofOfPossession = true
  readonly #keys = new KeyRing(this.id, decode)

  get emptyAggregate(): Uint8Array {
    return new Uint8Array(elementBytes)
  }

  aggregateBytes(): number {
    return elementBytes
  }

  generateSecretKey(random: (n: number) => Uint8Array): Uint8Array {
    return drawSecret(random, elementBytes, (bytes) => this.isSecretKey(bytes), 0x1f)
  }

  isSecretKey(bytes: Uint8Array): boolean {
    return decode(bytes) !== undefined
  }

  publicKey(secret: Uint8Array): Uint8Array {
    return encode(this.#secret(secret))
  }

  importPublicKey(bytes: Uint8Array): PublicKeyHandle | undefined {
    return this.#keys.import(bytes)
  }

  isCanonicalSignature(bytes: Uint8Array): boolean {
    return decode(bytes) !== undefined
  }

  isCanonicalAggregate(bytes: Uint8Array, signers: number): boolean {
    if (signers > 0) return decode(bytes) !== undefined
    return bytes.length === elementBytes && bytes.every((byte) => byte === 0)
  }

  sign(secret: Uint8Array, message: Uint8Array): Uint8Array {
    return encode((this.#secret(secret) * hash(message, signing)) % modulus)
  }

  verify(key: PublicKeyHandle, message: Uint8Array, signature: Uint8Array): boolean {
    return decode(signature) === (this.#keys.open(key) * hash(message, signing)) % modulus
  }

  aggregate(
    parts: readonly { readonly index: number; readonly signature: Uint8Array }[],
  ): Uint8Array | undefined {
    assertAscending(parts)
    let sum = 0n
    for (const { signature } of parts) {
      const value = decode(signature)
      if (value === undefined) return undefined
      sum += value
    }
    return encode(sum % modulus)
  }

  extendAggregate(
    aggregate: Uint8Array,
    rank: number,
    signature: Uint8Array,
  ): Uint8Array | undefined {
    if (!Number.isSafeInteger(rank) || rank < 0) throw new RangeError(`rank: got ${rank}`)
    const sum = this.isCanonicalAggregate(aggregate, 0) ? 0n : decode(aggregate)
    const value = decode(signature)
    return sum === undefined || value === undefined ? undefined : encode((sum + value) % modulus)
  }

  verifyAggregate(claims: readonly SignedClaim[], aggregate: Uint8Array): boolean {
    assertAscending(claims)
    const keySums = new Map<string, { message: Uint8Array; sum: bigint }>()
    let last: { message: Uint8Array; sum: bigint } | undefined
    for (const { key, message } of claims) {
      // Most claims of an aggregate are of one message.
      if (last === undefined || !bytesEqual(last.message, message)) {
        const id = toHex(message)
        last = keySums.get(id) ?? { message, sum: 0n }
        keySums.set(id, last)
      }
      last.sum = (last.sum + this.#keys.open(key)) % modulus
    }
    let expected = 0n
    for (const { message, sum } of keySums.values()) {
      if (sum === 0n) return false
      expected = (expected + sum * hash(message, signing)) % modulus
    }
    return claims.length > 0 && decode(aggregate) === expected
  }

  keysSumToInfinity(keys: readonly PublicKeyHandle[]): boolean {
    return keys.reduce((sum, key) => sum + this.#keys.open(key), 0n) % modulus === 0n
  }

  provePossession(secret: Uint8Array): Uint8Array {
    return encode((this.#secret(secret) * hash(this.publicKey(secret), possession)) % modulus)
  }

  verifyPossession(key: PublicKeyHandle, proof: Uint8Array): boolean {
    return decode(proof) === (this.#keys.open(key) * hash(key.bytes, possession)) % modulus
  }

  #secret(bytes: Uint8Array): bigint {
    const secret = decode(bytes)
    assertSecret(secret !== undefined)
    return secret ?? 0n
  }
}

/** The one {@link StandInScheme}. */
export const standInScheme: SignatureScheme = new StandInScheme()
