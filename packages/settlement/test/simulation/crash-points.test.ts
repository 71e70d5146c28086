import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateChain, type CrashPoint } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world, type World } from '../helpers/lives.js'

beforeAll(() => loadCryptoBackends())

const chain = () => certificateChain(1, 2)

async function afterwards(w: World, submissions: ReturnType<typeof chain>): Promise<void> {
  expect(await storeProblems(w.database)).toEqual([])
  expect(await jobIds(w.database)).toHaveLength(submissions.length)
  expect(w.l1.transactions.map(({ outcome }) => outcome)).toEqual(submissions.map(() => 'success'))
}

async function writesOfALife(): Promise<number> {
  const w = world()
  const { writes } = await life(w, chain(), {}, (running) => settleAll(running, chain()))
  await afterwards(w, chain())
  return writes
}

describe('a settlement node that is killed', () => {
  test('before or after any write of the life of two certificates › loses nothing, makes no second job and settles nothing twice', async () => {
    const submissions = chain()
    const writes = await writesOfALife()
    // Migration, epoch, and for each certificate: accepted, proven, job and candidate, settled.
    expect(writes).toBe(2 + 2 * 4)
    for (let write = 0; write < writes; write++) {
      for (const when of ['before', 'after'] as const) {
        const w = world()
        const crash: CrashPoint = { write, when }
        const first = await life(w, submissions, { crash }, (r) => settleAll(r, submissions))
        expect(first.died).toBe(true)
        expect(await storeProblems(w.database)).toEqual([])
        await life(w, submissions, {}, (r) => settleAll(r, submissions))
        await afterwards(w, submissions)
      }
    }
  })

  test('at any write, and again at any write of the life after › loses nothing', async () => {
    const submissions = certificateChain(1, 1)
    for (let first = 0; first < 6; first++) {
      for (let second = 0; second < 6; second++) {
        const w = world()
        for (const write of [first, second])
          await life(w, submissions, { crash: { write, when: 'after' } }, (r) =>
            settleAll(r, submissions),
          )
        await life(w, submissions, {}, (r) => settleAll(r, submissions))
        await afterwards(w, submissions)
      }
    }
  })

  test('with the job stored › never proves again and never submits again', async () => {
    const submissions = certificateChain(1, 1)
    const w = world()
    // Migration, epoch, accepted, proven, job.
    await life(w, submissions, { crash: { write: 4, when: 'after' } }, (r) =>
      settleAll(r, submissions),
    )
    const { result } = await life(w, submissions, {}, async (r) => {
      await settleAll(r, submissions)
      return r.certifier.certified
    })
    expect(result).toEqual([])
    await afterwards(w, submissions)
  })

  test('with the proof stored and no job › proves again, for the state after it is not stored', async () => {
    const submissions = certificateChain(1, 1)
    const [only] = submissions
    if (only === undefined) throw new Error('no certificate')
    const w = world()
    await life(w, submissions, { crash: { write: 3, when: 'after' } }, (r) =>
      settleAll(r, submissions),
    )
    const { result } = await life(w, submissions, {}, async (r) => {
      await settleAll(r, submissions)
      return r.certifier.certified
    })
    expect(result).toEqual([toHex(certificateId(only.certificate))])
    await afterwards(w, submissions)
  })

  test('control: on a database whose batches are torn › is found out', async () => {
    const submissions = chain()
    const found: string[] = []
    for (let write = 2; write < 10; write++) {
      const w = world()
      const crash: CrashPoint = { write, when: 'half' }
      await life(w, submissions, { crash }, (r) => settleAll(r, submissions))
      const problems = await storeProblems(w.database).catch((e: unknown) => [String(e)])
      found.push(...problems)
    }
    expect(found.length).toBeGreaterThan(0)
  })
})
