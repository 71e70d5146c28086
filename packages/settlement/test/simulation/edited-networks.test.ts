import { seededRandom, yieldTurn, type SeededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends, type Hash32 } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import type { Submission } from '@zkstack/pessimistic-proof/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { certificateAdmin, type CertificateAdminOptions } from '../../src/index.js'
import { certificateChain, type RunningEngine } from '../../testing/index.js'
import { storeProblems } from '../helpers/check-store.js'
import { life, world } from '../helpers/lives.js'

beforeAll(() => loadCryptoBackends())

const seed = process.env['SEED'] ?? String(Date.now())
const runs = Number(process.env['RUNS'] ?? 6)

type Stop = (running: RunningEngine) => CertificateAdminOptions['engine']

const stopped: Stop = ({ engine }) => engine
const underWay: Stop = () => ({ editNetwork: (_, edit) => edit() })

/** An operator who edits whatever is there, at any time, until all is settled. */
async function operate(
  running: RunningEngine,
  chain: readonly Submission[],
  o: { readonly random: SeededRandom; readonly stop: Stop },
): Promise<void> {
  const admin = certificateAdmin({ engine: o.stop(running), store: running.store })
  const below = (end: number): number => o.random.uint32() % end
  for (const { certificate } of chain) await running.submit(certificate)
  for (let edits = 0; edits < 30; edits++) {
    for (let steps = below(60); steps > 0; steps--) await Promise.resolve()
    const { certificate } = chain[below(chain.length)] ?? {}
    if (certificate === undefined) continue
    const id = certificateId(certificate)
    switch (below(4)) {
      case 0:
        await admin.edit(id, [], { processNow: below(2) === 0 })
        break
      case 1:
        await admin.removeProof(id)
        break
      case 2: {
        const removed = await admin.remove(certificate, { removeProof: below(2) === 0 })
        if (removed.ok) await admin.push(certificate, { type: 'pending' })
        break
      }
      default: {
        const status = (await running.store.header(id))?.status.type
        if (status !== undefined && status !== 'settled')
          await admin.edit(id, [{ from: status, to: { type: 'pending' } }], { processNow: true })
      }
    }
  }
  for (const { certificate } of chain) {
    await admin.edit(certificateId(certificate), [], { processNow: true })
    await untilSettled(running, certificateId(certificate))
  }
}

/** In the simulation, nothing takes as many turns. */
async function untilSettled({ store }: RunningEngine, id: Hash32): Promise<void> {
  for (let turns = 0; turns < 5_000; turns++) {
    if ((await store.header(id))?.status.type === 'settled') return
    await yieldTurn()
  }
  throw new Error('a certificate is stuck')
}

async function outcome(name: string, stop: Stop): Promise<readonly string[]> {
  const chain = certificateChain(1, 3)
  const w = world()
  const random = seededRandom(name)
  const failed = await life(w, chain, { random }, (r) => operate(r, chain, { random, stop })).then(
    () => [],
    (e: unknown) => [String(e)],
  )
  const settled = w.l1.transactions.filter(({ outcome: end }) => end === 'success')
  const once = settled.length === chain.length ? [] : [`${settled.length} transactions succeeded`]
  return [...failed, ...once, ...(await storeProblems(w.database))]
}

describe(`operators who edit certificates at any time, SEED=${seed}`, () => {
  test('all settle, each once', async () => {
    for (let run = 0; run < runs; run++)
      expect([run, await outcome(`${seed}/${run}`, stopped)]).toEqual([run, []])
  })

  test('control › edits of a network that is not stopped are found out', async () => {
    const found: string[] = []
    for (let run = 0; run < 40 && found.length === 0; run++)
      found.push(...(await outcome(`control/${run}`, underWay)))
    expect(found.length).toBeGreaterThan(0)
  })
})
