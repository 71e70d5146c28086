import type { FinalityPolicy } from '../../finality-policy.js'
import type { FeeRules } from './fees.js'
import { multiplier, type Multiplier } from './multiplier.js'
import type { RetryPolicy } from './retry-policy.js'

/** How jobs are driven. */
export interface TransactionPolicy {
  /** When what L1 says counts. */
  readonly finality: FinalityPolicy
  /** After a node refused a transaction, or none could be asked. */
  readonly retryOnTransientFailure: RetryPolicy
  /** After a transaction was sent: how long to wait for it before its fees rise. */
  readonly retryOnNotIncluded: RetryPolicy
  readonly fees: FeeRules
  readonly gasLimit: GasLimitRule
}

/** A job's gas limit: the estimate times the multiplier, at most the ceiling. */
export interface GasLimitRule {
  readonly multiplier: Multiplier
  readonly ceiling: bigint
}

const GWEI = 1_000_000_000n

const feeRule = { multiplier: multiplier(1), floor: 0n, ceiling: 100n * GWEI }

/** What Agglayer's node does unless told otherwise. @see agglayer `settlement.pessimistic-proof-tx-config` */
export const defaultTransactionPolicy: TransactionPolicy = {
  finality: { tag: 'safe', confirmations: 12 },
  retryOnTransientFailure: { initialMs: 10_000, factor: 1.5, maxMs: 120_000, jitterMs: 1_000 },
  retryOnNotIncluded: { initialMs: 60_000, factor: 2, maxMs: 600_000, jitterMs: 10_000 },
  fees: { maxFee: feeRule, maxPriorityFee: feeRule },
  gasLimit: { multiplier: multiplier(1.3), ceiling: 60_000_000n },
}
