import { multiplied, multiplier, type Multiplier } from './multiplier.js'

/** What a transaction offers, in wei for each unit of gas. Invariant: priority ≤ max. */
export interface Fees {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/** Bounds of one of the two fees. */
export interface FeeRule {
  /** Of the estimate, and of the fee before when a transaction is replaced. */
  readonly multiplier: Multiplier
  /** Wei for each unit of gas. */
  readonly floor: bigint
  /** Wei for each unit of gas. */
  readonly ceiling: bigint
}

/** Rules for both fees. */
export interface FeeRules {
  readonly maxFee: FeeRule
  readonly maxPriorityFee: FeeRule
}

/**
 * What nodes ask of a replacement, for both fees.
 * @see https://github.com/ethereum/go-ethereum `txpool.pricebump` = 10 %
 */
const leastBump = multiplier(1.1)

/** Fees of a first transaction at a nonce, from an estimate. */
export function freshFees(rules: FeeRules, estimate: Fees): Fees {
  const maxFeePerGas = clamped(
    rules.maxFee,
    multiplied(rules.maxFee.multiplier, estimate.maxFeePerGas),
  )
  const priority = clamped(
    rules.maxPriorityFee,
    multiplied(rules.maxPriorityFee.multiplier, estimate.maxPriorityFeePerGas),
  )
  return { maxFeePerGas, maxPriorityFeePerGas: lower(priority, maxFeePerGas) }
}

/**
 * Fees of a transaction that replaces one with the fees `previous`: at least 10 % more, and 1 wei more, of both; `undefined` if a
 * ceiling does not allow that.
 */
export function bumpedFees(rules: FeeRules, previous: Fees, estimate: Fees): Fees | undefined {
  const fresh = freshFees(rules, estimate)
  const maxFeePerGas = bumped(rules.maxFee, previous.maxFeePerGas, fresh.maxFeePerGas)
  const priority = bumped(
    rules.maxPriorityFee,
    previous.maxPriorityFeePerGas,
    fresh.maxPriorityFeePerGas,
  )
  const fees = { maxFeePerGas, maxPriorityFeePerGas: lower(priority, maxFeePerGas) }
  const enough =
    fees.maxFeePerGas >= leastReplacement(previous.maxFeePerGas) &&
    fees.maxPriorityFeePerGas >= leastReplacement(previous.maxPriorityFeePerGas)
  return enough ? fees : undefined
}

function bumped(rule: FeeRule, previous: bigint, fresh: bigint): bigint {
  const configured = multiplied(rule.multiplier, previous)
  return clamped(rule, higher(higher(configured, leastReplacement(previous)), fresh))
}

function leastReplacement(previous: bigint): bigint {
  return higher(multiplied(leastBump, previous), previous + 1n)
}

function clamped({ floor, ceiling }: FeeRule, fee: bigint): bigint {
  return lower(higher(fee, floor), ceiling)
}

function higher(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function lower(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
