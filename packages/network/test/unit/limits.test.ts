import { blsMinSig, ed25519Scheme } from '@zkstack/crypto'
import { createGenesis, maxMessageBytes, payloadPartBytes } from '@zkstack/roles'
import { testCommittee, unwrap } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { networkLimits } from '../../src/limits.js'

test('limits › a committee of Ed25519 › are computed from its size and payload', () => {
  const { genesis } = testCommittee(6)
  const limits = networkLimits({
    genesis,
    maxPayloadBytes: 1_000_000,
    maxTransactionBytes: 100_000,
  })
  const scheme = ed25519Scheme.current
  const sizeFor = (maxPayloadBytes: number) =>
    maxMessageBytes({ validators: 6, scheme, maxPayloadBytes })
  // what is larger than one part travels in parts
  expect(limits.frames.consensus).toBe(sizeFor(payloadPartBytes))
  expect(limits.frames.proposals).toBeLessThan(sizeFor(payloadPartBytes))
  expect(limits.frames.block).toBe(payloadPartBytes + 1024)
  expect(limits.maxAnswerBytes).toBe(sizeFor(1_000_000) + 1024)
  expect(limits.frames.transactions).toBe(100_000 + 1024)
})

test('limits › a genesis without a committee › leave room for the largest named', () => {
  const genesis = unwrap(
    createGenesis({ chainId: 1n, forkNumber: 0n, firstBlock: 0n, signatureScheme: 0 }),
  )
  const scheme = blsMinSig.current
  const limits = networkLimits({ genesis, maxPayloadBytes: 1, maxValidators: 50 })
  expect(limits.frames.consensus).toBe(
    maxMessageBytes({ validators: 50, scheme, maxPayloadBytes: 1 }),
  )
})

test('limits › a block grows › sync may hold at least four', () => {
  const { genesis } = testCommittee(6)
  const windows = [1000, 64 * 2 ** 20].map((maxPayloadBytes) => {
    const limits = networkLimits({ genesis, maxPayloadBytes })
    return Math.floor(limits.syncWindowBytes / limits.maxAnswerBytes)
  })
  expect(windows).toEqual([127, 4])
})

const wrong: readonly (readonly [string, unknown])[] = [
  ['maxPayloadBytes', 0],
  ['pingTimeoutMs', -1],
  ['blockInflight', Number.NaN],
  ['blocksPerRequest', 0.5],
  ['syncGraceMs', -1],
  ['transactionBatchMs', Number.NaN],
  ['redialMaxMs', Infinity],
  ['redialMinMs', '500'],
  ['redialJitter', 1.5],
  ['banMs', null],
  ['pingRate', 10],
  ['helloRate', { burst: Number.NaN, refreshMs: 1 }],
  ['dialRate', { burst: 8 }],
  ['redialMinMS', 500],
  ['maxAnswerBytes', 1],
]
test.each(wrong)('limits › %s is %o › is a RangeError that names it', (name, value) => {
  expect(() => networkLimits({ genesis: testCommittee(6).genesis, [name]: value })).toThrow(name)
})

test('limits › undefined for one › its default; 0 where that means none › is taken', () => {
  const { genesis } = testCommittee(6)
  const given = {
    pingTimeoutMs: undefined,
    syncGraceMs: 0,
    pingRate: { burst: Infinity, refreshMs: 0 },
  }
  const limits = networkLimits({ genesis, ...(given as object) })
  expect(limits).toEqual({
    ...networkLimits({ genesis }),
    syncGraceMs: 0,
    pingRate: given.pingRate,
  })
})
