import { hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  certificateStatusError,
  decideReplacement,
  replacementAfterReceipt,
  type CertificateHeader,
  type CertificateStatus,
  type JobState,
} from '../../src/index.js'

const hash = (byte: number) => hash32(new Uint8Array(32).fill(byte))

const inError: CertificateStatus = {
  type: 'inError',
  error: certificateStatusError('SettlementError', 'reverted', { reason: 'Reverted' }),
}

function known(status: CertificateStatus, job: JobState, txHash?: number) {
  const header: CertificateHeader = {
    networkId: 1,
    height: 3n,
    epochNumber: undefined,
    certificateIndex: undefined,
    certificateId: hash(1),
    prevLocalExitRoot: hash(2),
    newLocalExitRoot: hash(3),
    metadata: hash(4),
    status,
    settlementTxHash: txHash === undefined ? undefined : hash(txHash),
  }
  return { header, job }
}

const another = hash(9)

describe('a certificate for a height at which another one', () => {
  for (const type of ['pending', 'proven', 'candidate', 'settled'] as const) {
    test(`is ${type} › is refused`, () => {
      const refused = { type: 'refuse', reason: 'NotInError' }
      for (const job of ['none', 'withoutResult', 'success', 'revert'] as const)
        expect(decideReplacement(known({ type }, job, 5), another)).toEqual(refused)
    })
    test(`is ${type} and the same › is known`, () => {
      expect(decideReplacement(known({ type }, 'none'), hash(1))).toEqual({ type: 'known' })
    })
  }

  test('is in error and its job has no result › is refused as still in flight', () => {
    for (const txHash of [undefined, 5])
      expect(decideReplacement(known(inError, 'withoutResult', txHash), another)).toEqual({
        type: 'refuse',
        reason: 'StillInFlight',
      })
  })

  test('is in error and its job succeeded › is refused', () => {
    for (const txHash of [undefined, 5])
      expect(decideReplacement(known(inError, 'success', txHash), another)).toEqual({
        type: 'refuse',
        reason: 'AlreadySucceeded',
      })
  })

  for (const job of ['revert', 'none'] as const) {
    test(`is in error, job: ${job}, without a transaction › is allowed`, () => {
      expect(decideReplacement(known(inError, job), another)).toEqual({ type: 'allow' })
    })
    test(`is in error, job: ${job}, with a transaction › depends on its receipt`, () => {
      const txHash = hash(5)
      const decision = { type: 'checkReceipt', txHash }
      expect(decideReplacement(known(inError, job, 5), another)).toEqual(decision)
    })
  }

  test('is in error and the same, never submitted to L1 › is allowed', () => {
    expect(decideReplacement(known(inError, 'none'), hash(1))).toEqual({ type: 'allow' })
  })

  test('is in error and the same, and had its job › is refused', () => {
    expect(decideReplacement(known(inError, 'revert', 5), hash(1))).toEqual({
      type: 'refuse',
      reason: 'SameCertificate',
    })
  })
})

describe('the receipt of a failed certificate', () => {
  test('that L1 does not give › refuses the other', () => {
    const refused = { type: 'refuse', reason: 'ReceiptUnknown' }
    expect(replacementAfterReceipt('unknown')).toEqual(refused)
  })
  test('of a success › refuses the other', () => {
    const refused = { type: 'refuse', reason: 'SettledOnL1' }
    expect(replacementAfterReceipt('succeeded')).toEqual(refused)
  })
  test('of a revert › allows the other', () => {
    expect(replacementAfterReceipt('reverted')).toEqual({ type: 'allow' })
  })
})
