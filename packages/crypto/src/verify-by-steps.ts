import { bytesEqual } from './bytes.js'
import { keccak256, keccakStream } from './keccak256.js'
import type { SignatureScheme } from './signature-scheme.js'
import type { AggregateCheck, HashedBytes } from './workers/aggregate-check.js'

/** Bytes that are hashed at once: a third of a millisecond of work. */
const stepBytes = 64 * 1024

/**
 * The verdicts of `scheme.verifyAggregate` on several aggregates, together where that costs less, by steps of a few checks at most, or
 * 64 KiB of what is hashed, each: others may have turns between them. `random(n)` supplies n bytes that nobody can foresee.
 */
export function* verifyBySteps(
  scheme: SignatureScheme,
  checks: readonly AggregateCheck[],
  random: (n: number) => Uint8Array,
): Generator<undefined, readonly boolean[], undefined> {
  const right: boolean[] = []
  for (const { hashed } of checks) right.push(hashed === undefined || (yield* hasHash(hashed)))
  const signed = yield* verifySignatures(scheme, checks, random)
  return signed.map((isSigned, i) => isSigned && right[i] === true)
}

function* hasHash({ bytes, hash }: HashedBytes): Generator<undefined, boolean, undefined> {
  if (bytes.length <= stepBytes) {
    const isRight = bytesEqual(keccak256(bytes), hash)
    yield
    return isRight
  }
  const stream = keccakStream()
  for (let at = 0; at < bytes.length; at += stepBytes) {
    stream.update(bytes.subarray(at, at + stepBytes))
    yield
  }
  return bytesEqual(stream.digest(), hash)
}

function* verifySignatures(
  scheme: SignatureScheme,
  checks: readonly AggregateCheck[],
  random: (n: number) => Uint8Array,
): Generator<undefined, readonly boolean[], undefined> {
  if (scheme.gainsFromBatches === true && scheme.verifyAggregatesBySteps)
    return yield* scheme.verifyAggregatesBySteps(checks, random)
  const verdicts: boolean[] = []
  for (const { claims, aggregate } of checks) {
    verdicts.push(scheme.verifyAggregate(claims, aggregate))
    yield
  }
  return verdicts
}
