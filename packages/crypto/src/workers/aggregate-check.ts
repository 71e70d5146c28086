import type { SignedClaim } from '../signature-scheme.js'

/** Bytes that are said to have this keccak256. */
export interface HashedBytes {
  readonly bytes: Uint8Array
  /** 32 bytes. */
  readonly hash: Uint8Array
}

/** An aggregate signature and what it is said to join, by ascending index: the arguments of `verifyAggregate`. */
export interface AggregateCheck {
  readonly claims: readonly SignedClaim[]
  readonly aggregate: Uint8Array
  /** Checked too: the verdict is true only if these bytes have their hash. Default: nothing. */
  readonly hashed?: HashedBytes | undefined
}

/** {@link AggregateCheck} with keys that are not imported yet. */
export interface PackedCheck {
  readonly claims: readonly {
    readonly index: number
    readonly key: Uint8Array
    readonly message: Uint8Array
  }[]
  readonly aggregate: Uint8Array
  readonly hashed: HashedBytes | undefined
}

const checkHead = 12
const hashBytes = 32
/** In the place of a length: there is nothing to hash. */
const nothing = 0xffff_ffff
const claimHead = 12

/**
 * Checks in one piece of memory, which threads hand over without a copy: for each the number of claims, the length of the aggregate,
 * the length of what is hashed, the claims (index, length of key, length of message, key, message), the aggregate, and the hash before
 * what has it; numbers are of 32 bits.
 *
 * @param memory so many bytes, of any content
 */
export function packChecks(
  checks: readonly AggregateCheck[],
  memory: (length: number) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const bytes = memory(checks.reduce((sum, check) => sum + packedBytes(check), 0))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const put = (part: Uint8Array): void => {
    bytes.set(part, at)
    at += part.length
  }
  for (const { claims, aggregate, hashed } of checks) {
    view.setUint32(at, claims.length)
    view.setUint32(at + 4, aggregate.length)
    view.setUint32(at + 8, hashed?.bytes.length ?? nothing)
    at += checkHead
    for (const { index, key, message } of claims) {
      view.setUint32(at, index)
      view.setUint32(at + 4, key.bytes.length)
      view.setUint32(at + 8, message.length)
      at += claimHead
      put(key.bytes)
      put(message)
    }
    put(aggregate)
    if (!hashed) continue
    put(hashed.hash)
    put(hashed.bytes)
  }
  return bytes
}

function packedBytes({ claims, aggregate, hashed }: AggregateCheck): number {
  return claims.reduce(
    (sum, { key, message }) => sum + claimHead + key.bytes.length + message.length,
    checkHead + aggregate.length + (hashed ? hashBytes + hashed.bytes.length : 0),
  )
}

/** Inverse of {@link packChecks}; what it yields are views of `bytes`. */
export function* unpackChecks(bytes: Uint8Array): Generator<PackedCheck, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length))
  while (at < bytes.length) {
    const [count, aggregateBytes] = [view.getUint32(at), view.getUint32(at + 4)]
    const hashedBytes = view.getUint32(at + 8)
    at += checkHead
    const claims = Array.from({ length: count }, () => {
      const index = view.getUint32(at)
      const [keyBytes, messageBytes] = [view.getUint32(at + 4), view.getUint32(at + 8)]
      at += claimHead
      return { index, key: take(keyBytes), message: take(messageBytes) }
    })
    const aggregate = take(aggregateBytes)
    const hashed =
      hashedBytes === nothing ? undefined : { hash: take(hashBytes), bytes: take(hashedBytes) }
    yield { claims, aggregate, hashed }
  }
}
