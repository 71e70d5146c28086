import { multiplied } from './multiplier.js'
import type { GasLimitRule } from './policy.js'

/** The gas limit of all attempts of a job, from the estimate made when it was created. */
export function gasLimitFor(rule: GasLimitRule, estimate: bigint): bigint {
  const limit = multiplied(rule.multiplier, estimate)
  return limit < rule.ceiling ? limit : rule.ceiling
}
