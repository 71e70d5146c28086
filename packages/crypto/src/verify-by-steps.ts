import type { SignatureScheme } from './signature-scheme.js'
import type { AggregateCheck } from './workers/aggregate-check.js'

/**
 * The verdicts of `scheme.verifyAggregate` on several aggregates, together where that costs less, by steps of about one check each:
 * others may have turns between them. `random(n)` supplies n bytes that nobody can foresee.
 */
export function* verifyBySteps(
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
