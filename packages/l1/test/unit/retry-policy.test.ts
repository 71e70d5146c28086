import { defaultTransactionPolicy } from '@zkstack/l1'
import { expect, test } from 'vitest'
import { gasLimitFor } from '../../src/jobs/machine/gas-limit.js'
import { retryDelayMs } from '../../src/jobs/machine/retry-policy.js'

test('waits of the default policy › grow by their factor up to their bound, the jitter on top', () => {
  const { retryOnTransientFailure: transient, retryOnNotIncluded: slow } = defaultTransactionPolicy
  expect([1, 2, 3].map((n) => retryDelayMs(transient, n, 0))).toEqual([10_000, 15_000, 22_500])
  expect(retryDelayMs(transient, 50, 0)).toBe(120_000)
  expect(retryDelayMs(transient, 50, 0.5)).toBe(120_500)
  expect([1, 2, 5].map((n) => retryDelayMs(slow, n, 0))).toEqual([60_000, 120_000, 600_000])
})

test('gas limits of the default policy › the estimate and 30 %, at most the ceiling', () => {
  const { gasLimit } = defaultTransactionPolicy
  expect(gasLimitFor(gasLimit, 100_000n)).toBe(130_000n)
  expect(gasLimitFor(gasLimit, 59_000_000n)).toBe(60_000_000n)
})
