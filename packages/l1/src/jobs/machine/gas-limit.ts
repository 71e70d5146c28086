import { multiplied } from './multiplier.js'
import type { GasLimitRule } from './policy.js'

/** The gas limit of all attempts of a job, from the estimate made when it was created. */
export function gasLimitFor(rule: GasLimitRule, estimate: bigint): bigint {
  const limit = multiplied(rule.multiplier, estimate)
  return limit < rule.ceiling ? limit : rule.ceiling
}

/**
 * What two estimates in a row say together: the higher one, unless one is more than twice the other. All attempts of a job have the
 * limit that is made of it, so that one wrong estimate would leave them all without gas, or in no block.
 */
export function agreedGas(before: bigint, now: bigint): bigint | undefined {
  const [low, high] = before < now ? [before, now] : [now, before]
  return high > 2n * low ? undefined : high
}
