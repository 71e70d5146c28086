import { ManualClock } from '@zkstack/concurrency'
import { loadCryptoBackends, ok } from '@zkstack/crypto'
import { beforeAll, expect, test } from 'vitest'
import { memoryDatabase, NetworkRateLimits, SettlementStore } from '../../src/index.js'
import { Submissions, type SubmissionL1 } from '../../src/runner/submissions.js'
import { certificateChain } from '../../testing/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const { signal } = new AbortController()
const [first, second] = certificateChain(1, 2)
if (first === undefined || second === undefined) throw new Error('no certificates')
const { aggchain } = first.l1
if (aggchain.type !== 'legacyEcdsa') throw new Error('expected one signer')
const { signer } = aggchain

test('who did not sign, while L1 says who should have › keeps no place from who did', async () => {
  const store = await SettlementStore.open(memoryDatabase())
  let answer = (): void => undefined
  const isLate = new Promise<void>((resolve) => {
    answer = resolve
  })
  let questions = 0
  const l1: SubmissionL1 = {
    async signers() {
      questions += 1
      if (questions === 1) await isLate
      return ok({ type: 'trustedSequencer', signer })
    },
    receipt: async () => 'unknown',
  }
  const submissions = new Submissions({
    ...{ store, l1, clock: new ManualClock(), isReplaceable: () => false },
    jobs: { result: () => Promise.reject(new Error('there are no jobs')) },
    rateLimits: new NetworkRateLimits({ default: { maxPerInterval: 1, intervalMs: 1000 } }),
  })
  const { certificate } = first
  const unsigned = submissions.submit({ ...certificate, height: 1n }, { signal })
  while (questions === 0) await new Promise(setImmediate)
  valueOf(await submissions.submit(certificate, { signal }))
  answer()
  expect(errorOf(await unsigned)).toMatchObject({ code: 'SignatureMismatch' })
  expect(errorOf(await submissions.submit(second.certificate, { signal }))).toMatchObject({
    code: 'RateLimited',
  })
})
