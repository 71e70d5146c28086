import { multiplier, type FeeRules } from '@zkstack/l1'
import { describe, expect, test } from 'vitest'
import { bumpedFees, freshFees } from '../../src/jobs/machine/fees.js'
import { multiplied } from '../../src/jobs/machine/multiplier.js'

const GWEI = 1_000_000_000n

function rules(o: { factor?: number; floor?: bigint; ceiling?: bigint } = {}): FeeRules {
  const rule = {
    multiplier: multiplier(o.factor ?? 1),
    floor: o.floor ?? 0n,
    ceiling: o.ceiling ?? 100n * GWEI,
  }
  return { maxFee: rule, maxPriorityFee: rule }
}

const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) => ({
  maxFeePerGas,
  maxPriorityFeePerGas,
})

describe('multiplier', () => {
  test('three decimals › exact, without floating point', () => {
    expect(multiplier(1.1)).toBe(1100n)
    expect(multiplied(multiplier(1.3), 21_000n)).toBe(27_300n)
    expect(multiplied(multiplier(1.001), 1n)).toBe(2n)
    expect(multiplied(multiplier(1), 2n ** 128n)).toBe(2n ** 128n)
  })

  test('a fourth decimal, a negative number, no number › RangeError', () => {
    for (const value of [1.0001, -1, Number.NaN, Infinity]) {
      expect(() => multiplier(value)).toThrow(RangeError)
    }
  })
})

describe('fresh fees', () => {
  test('an estimate within bounds › the estimate times the multiplier', () => {
    expect(freshFees(rules({ factor: 1.5 }), fees(10n, 3n))).toEqual(fees(15n, 5n))
  })

  test('an estimate below the floor or above the ceiling › the bound', () => {
    expect(freshFees(rules({ floor: 7n }), fees(5n, 1n))).toEqual(fees(7n, 7n))
    expect(freshFees(rules({ ceiling: 7n }), fees(50n, 1n))).toEqual(fees(7n, 1n))
  })

  test('a priority fee above the whole fee › lowered to it', () => {
    expect(freshFees(rules({ ceiling: 7n }), fees(50n, 20n))).toEqual(fees(7n, 7n))
  })
})

describe('fees of a replacement', () => {
  test('the estimate did not move › both fees rise by 10 % at least, rounded up', () => {
    expect(bumpedFees(rules(), fees(100n, 10n), fees(100n, 10n))).toEqual(fees(110n, 11n))
    expect(bumpedFees(rules(), fees(101n, 11n), fees(1n, 1n))).toEqual(fees(112n, 13n))
  })

  test('a configured step below 10 % › 10 %; above › that', () => {
    expect(bumpedFees(rules({ factor: 1.01 }), fees(100n, 10n), fees(1n, 1n))).toEqual(
      fees(110n, 11n),
    )
    expect(bumpedFees(rules({ factor: 1.5 }), fees(100n, 10n), fees(1n, 1n))).toEqual(
      fees(150n, 15n),
    )
  })

  test('the estimate rose further › the estimate', () => {
    expect(bumpedFees(rules(), fees(100n, 10n), fees(300n, 40n))).toEqual(fees(300n, 40n))
  })

  test('a priority fee of nothing › 1 wei, for equal is no replacement', () => {
    expect(bumpedFees(rules(), fees(100n, 0n), fees(100n, 0n))).toEqual(fees(110n, 1n))
  })

  test('the ceiling allows less than 10 % of one fee › no replacement', () => {
    expect(bumpedFees(rules({ ceiling: 109n }), fees(100n, 10n), fees(500n, 10n))).toBeUndefined()
    expect(bumpedFees(rules({ ceiling: 110n }), fees(100n, 10n), fees(500n, 10n))).toEqual(
      fees(110n, 11n),
    )
    const priorityCapped = {
      maxFee: rules().maxFee,
      maxPriorityFee: { ...rules().maxPriorityFee, ceiling: 10n },
    }
    expect(bumpedFees(priorityCapped, fees(100n, 10n), fees(500n, 10n))).toBeUndefined()
  })

  test('any fees and bounds › a replacement is 10 % above in both fields, within the ceilings, or none', () => {
    for (let max = 0n; max < 60n; max += 1n) {
      for (let priority = 0n; priority <= max; priority += 1n) {
        const bumped = bumpedFees(rules({ ceiling: 50n }), fees(max, priority), fees(20n, 2n))
        if (bumped === undefined) continue
        expect(10n * bumped.maxFeePerGas).toBeGreaterThanOrEqual(11n * max)
        expect(10n * bumped.maxPriorityFeePerGas).toBeGreaterThanOrEqual(11n * priority)
        expect(bumped.maxFeePerGas).toBeGreaterThan(max)
        expect(bumped.maxPriorityFeePerGas).toBeGreaterThan(priority)
        expect(bumped.maxFeePerGas).toBeLessThanOrEqual(50n)
        expect(bumped.maxPriorityFeePerGas).toBeLessThanOrEqual(bumped.maxFeePerGas)
      }
    }
  })
})
