import { ManualClock, seededRandom } from '@zkstack/concurrency'
import { hash32, loadCryptoBackends } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateStatusError, memoryDatabase } from '../../src/index.js'
import {
  certificateChain,
  contextsOf,
  resubmission,
  runEngine,
  SimulatedL1,
} from '../../testing/index.js'
import { valueOf } from '../helpers/value-of.js'

beforeAll(() => loadCryptoBackends())

const clock = () => new ManualClock({ autoAdvance: true })
const metadata = hash32(new Uint8Array(32).fill(7))

describe('a network', () => {
  test('that submits certificates ahead and out of order › settles all in the order of their heights', async () => {
    const chain = certificateChain(1, 5)
    const l1 = new SimulatedL1()
    const o = { database: memoryDatabase(), l1, contexts: contextsOf(chain), clock: clock() }
    const settled = await runEngine({ ...o, random: seededRandom(1) }, async (p) => {
      for (const { certificate } of chain.toReversed()) valueOf(await p.submit(certificate))
      const last = certificateId(chain[4]!.certificate)
      await p.untilStatus(last, 'settled')
      return p.events.filter((e) => e.type === 'statusChanged' && e.status.type === 'settled')
    })
    expect(settled?.map(({ height }) => height)).toEqual([0n, 1n, 2n, 3n, 4n])
    expect(l1.transactions.map(({ outcome }) => outcome)).toEqual(Array(5).fill('success'))
  })
})
