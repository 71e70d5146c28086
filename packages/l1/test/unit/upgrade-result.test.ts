import { hash32 } from '@zkstack/crypto'
import type { AttemptResult, ClientErrorKind } from '@zkstack/l1'
import { describe, expect, test } from 'vitest'
import { upgradeResult } from '../../src/jobs/machine/upgrade-result.js'

const error = (kind: ClientErrorKind, message = 'm'): AttemptResult => ({
  type: 'clientError',
  kind,
  message,
})
const call = (outcome: 'success' | 'reverted', blockNumber = 1n): AttemptResult => ({
  type: 'contractCall',
  call: {
    outcome,
    blockNumber,
    blockHash: hash32(new Uint8Array(32)),
    transactionHash: hash32(new Uint8Array(32)),
  },
})

const kinds: readonly ClientErrorKind[] = [
  'unknown',
  'nonceAlreadyUsed',
  'settlementSucceededElsewhere',
  'abandonedByAdmin',
]

describe('what becomes of the result of an attempt', () => {
  test('there is none › the new one is written', () => {
    for (const kind of kinds) expect(upgradeResult(undefined, error(kind))).toBe('write')
    expect(upgradeResult(undefined, call('reverted'))).toBe('write')
  })

  test('the same once more › kept, whatever it is', () => {
    for (const result of [...kinds.map((kind) => error(kind)), call('success')]) {
      expect(upgradeResult(result, result)).toBe('keep')
    }
  })

  test('a client error, then what L1 did › L1 counts', () => {
    for (const kind of kinds) expect(upgradeResult(error(kind), call('success'))).toBe('write')
  })

  test('unknown, then something that says more › written', () => {
    expect(upgradeResult(error('unknown'), error('nonceAlreadyUsed'))).toBe('write')
    expect(upgradeResult(error('unknown'), error('settlementSucceededElsewhere'))).toBe('write')
  })

  test('unknown, then unknown of other words › the first is kept', () => {
    expect(upgradeResult(error('unknown'), error('unknown', 'other'))).toBe('keep')
  })

  test('what an operator said › no client error replaces it', () => {
    for (const kind of kinds) {
      expect(upgradeResult(error('abandonedByAdmin', 'x'), error(kind))).toBe('keep')
    }
  })

  test('what L1 did, then another story › a conflict, and the first is kept', () => {
    expect(upgradeResult(call('success'), call('reverted'))).toBe('conflict')
    expect(upgradeResult(call('success'), call('success', 2n))).toBe('conflict')
    expect(upgradeResult(call('reverted'), error('nonceAlreadyUsed'))).toBe('conflict')
  })

  test('what L1 did, then that the job succeeded elsewhere › kept, no conflict', () => {
    expect(upgradeResult(call('reverted'), error('settlementSucceededElsewhere'))).toBe('keep')
  })
})
