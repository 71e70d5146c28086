import type { SignedClaim } from '../signature-scheme.js'

/** An aggregate signature and what it is said to join, by ascending index: the arguments of `verifyAggregate`. */
export interface AggregateCheck {
  readonly claims: readonly SignedClaim[]
  readonly aggregate: Uint8Array
}

/** {@link AggregateCheck} with keys that are not imported yet. */
export interface PackedCheck {
  readonly claims: readonly {
    readonly index: number
    readonly key: Uint8Array
    readonly message: Uint8Array
  }[]
  readonly aggregate: Uint8Array
}

const checkHead = 8
const claimHead = 12

/**
 * Checks in one piece of memory, which threads hand over without a copy: for each the number of claims, the length of the aggregate,
 * the claims (index, length of key, length of message, key, message) and the aggregate; numbers are of 32 bits.
 */
export function packChecks(checks: readonly AggregateCheck[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(checks.reduce((sum, check) => sum + packedBytes(check), 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  const put = (part: Uint8Array): void => {
    bytes.set(part, at)
    at += part.length
  }
  for (const { claims, aggregate } of checks) {
    view.setUint32(at, claims.length)
    view.setUint32(at + 4, aggregate.length)
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
  }
  return bytes
}

function packedBytes({ claims, aggregate }: AggregateCheck): number {
  return claims.reduce(
    (sum, { key, message }) => sum + claimHead + key.bytes.length + message.length,
    checkHead + aggregate.length,
  )
}

/** Inverse of {@link packChecks}; what it yields are views of `bytes`. */
export function* unpackChecks(bytes: Uint8Array): Generator<PackedCheck, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length))
  while (at < bytes.length) {
    const [count, aggregateBytes] = [view.getUint32(at), view.getUint32(at + 4)]
    at += checkHead
    const claims = Array.from({ length: count }, () => {
      const index = view.getUint32(at)
      const [keyBytes, messageBytes] = [view.getUint32(at + 4), view.getUint32(at + 8)]
      at += claimHead
      return { index, key: take(keyBytes), message: take(messageBytes) }
    })
    yield { claims, aggregate: take(aggregateBytes) }
  }
}
