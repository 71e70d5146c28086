import { keccak256 } from '../../src/keccak256.js'
import type { AggregatePart, PublicKeyHandle, SignatureScheme } from '../../src/signature-scheme.js'
import { check } from './case.js'

/** A key pair of a test committee. */
export interface Member {
  readonly secret: Uint8Array
  readonly publicKey: Uint8Array
  readonly key: PublicKeyHandle
}

const encoder = new TextEncoder()

/** A 32-byte message named by `label`. */
export function messageOf(label: string): Uint8Array {
  return keccak256(encoder.encode(label))
}

/** An endless supply of bytes that depends on `label` alone. */
export function bytesFrom(label: string): (n: number) => Uint8Array {
  let counter = 0
  return (n) => {
    const bytes = new Uint8Array(n)
    for (let offset = 0; offset < n; offset += 32) {
      bytes.set(messageOf(`${label}/${counter++}`).subarray(0, n - offset), offset)
    }
    return bytes
  }
}

/** Imports a key that must be valid. */
export function importValid(scheme: SignatureScheme, bytes: Uint8Array): PublicKeyHandle {
  const key = scheme.importPublicKey(bytes)
  check(key !== undefined, 'a valid public key is imported')
  return key
}

const committees = new WeakMap<SignatureScheme, readonly Member[]>()
const largest = 4

/** Up to four key pairs of the scheme, always the same. */
export function committeeOf(scheme: SignatureScheme, size: number): readonly Member[] {
  let members = committees.get(scheme)
  if (members === undefined) committees.set(scheme, (members = makeCommittee(scheme)))
  return members.slice(0, size)
}

function makeCommittee(scheme: SignatureScheme): readonly Member[] {
  const random = bytesFrom(`committee of ${scheme.name}`)
  return Array.from({ length: largest }, () => {
    const secret = scheme.generateSecretKey(random)
    const publicKey = scheme.publicKey(secret)
    return { secret, publicKey, key: importValid(scheme, publicKey) }
  })
}

/** The aggregate of `members`, member i signing message i. */
export function signAll(
  scheme: SignatureScheme,
  members: readonly Member[],
  messages: readonly Uint8Array[],
): Uint8Array {
  const aggregate = scheme.aggregate(partsOf(scheme, members, messages))
  check(aggregate !== undefined, 'valid signatures aggregate')
  return aggregate
}

/** One part for each member, member i signing message i. */
export function partsOf(
  scheme: SignatureScheme,
  members: readonly Member[],
  messages: readonly Uint8Array[],
): AggregatePart[] {
  return members.map(({ secret }, index) => ({
    index,
    signature: scheme.sign(secret, messages[index] ?? new Uint8Array(32)),
  }))
}

/** A copy of `bytes` with bit `bit` of the string flipped; bit 0 is the top bit of the first byte. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const at = bit >> 3
  copy[at] = (copy[at] ?? 0) ^ (0x80 >> (bit & 7))
  return copy
}
