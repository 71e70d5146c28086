import { defaultTransactionPolicy, type FinalityPolicy, type TransactionPolicy } from '@zkstack/l1'
import type { SettleTable } from './settle-table.js'

const tags = { LatestBlock: 'latest', SafeBlock: 'safe', FinalizedBlock: 'finalized' } as const
const tagNames = ['LatestBlock', 'SafeBlock', 'FinalizedBlock'] as const

type Retry = TransactionPolicy['retryOnTransientFailure']
type FeeRule = TransactionPolicy['fees']['maxFee']

/** How transactions are driven, by upstream's `pessimistic-proof-tx-config`. */
export function transactionPolicyOf(table: SettleTable): TransactionPolicy {
  const d = defaultTransactionPolicy
  return {
    finality: finalityOf(table, d.finality.confirmations),
    retryOnTransientFailure: retryOf(
      table,
      'retry-on-transient-failure',
      d.retryOnTransientFailure,
    ),
    retryOnNotIncluded: retryOf(table, 'retry-on-not-included-on-l1', d.retryOnNotIncluded),
    fees: {
      maxFee: feeOf(table, 'max-fee-per-gas', d.fees.maxFee),
      maxPriorityFee: feeOf(table, 'max-priority-fee-per-gas', d.fees.maxPriorityFee),
    },
    gasLimit: {
      multiplier: table.multiplier('gas-limit-multiplier-factor', 1.3, 1, 100),
      ceiling: table.bigint('gas-limit-ceiling', d.gasLimit.ceiling),
    },
  }
}

/** When a block counts. */
export function finalityOf(table: SettleTable, confirmations: number): FinalityPolicy {
  const name = table.plain.optionalOneOf('settlement-policy', tagNames) ?? 'SafeBlock'
  return {
    tag: tags[name],
    confirmations: table.integer('confirmations', confirmations, 0, 100_000),
  }
}

function retryOf(table: SettleTable, key: string, fallback: Retry): Retry {
  const retry = table.table(key, [
    'initial-interval',
    'interval-multiplier-factor',
    'max-interval',
    'jitter',
  ])
  return {
    initialMs: retry.durationAboveZero('initial-interval', fallback.initialMs),
    factor: retry.number('interval-multiplier-factor', fallback.factor, 1, 100),
    maxMs: retry.durationAboveZero('max-interval', fallback.maxMs),
    jitterMs: retry.duration('jitter', fallback.jitterMs),
  }
}

function feeOf(table: SettleTable, key: string, { floor, ceiling }: FeeRule): FeeRule {
  return {
    multiplier: table.multiplier(`${key}-multiplier-factor`, 1, 0, 1_000),
    floor: table.amount(`${key}-floor`, floor),
    ceiling: table.amount(`${key}-ceiling`, ceiling),
  }
}
