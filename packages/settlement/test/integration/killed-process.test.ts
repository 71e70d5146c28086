import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { levelDatabase } from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { addressesToText } from '../helpers/engine-on-l1.js'
import { rootsAfter, startL1World, type L1World } from '../helpers/l1-world.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import {
  buildSettlementProcess,
  runSettlement,
  type SettlementChild,
  type SettlementCrash,
} from './settlement-child.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))
/** Kills at random moments, with a reorg at every other one. */
const KILLS = Number(process.env['KILLS'] ?? '2')

let world: L1World
let mining: NodeJS.Timeout
let folder: string
let program: string
const children: SettlementChild[] = []

beforeAll(async () => {
  await loadCryptoBackends()
  folder = await mkdtemp(join(tmpdir(), 'settlement-'))
  program = await buildSettlementProcess(folder)
  world = await startL1World()
  await world.anvil.request('evm_setAutomine', [false])
  mining = setInterval(() => void world.anvil.mine().catch(() => undefined), 60)
})
afterAll(async () => {
  clearInterval(mining)
  await rm(folder, { recursive: true })
  await world[Symbol.asyncDispose]()
})
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
  for (const child of children.splice(0)) await child.kill()
})

describe('a settlement process on a real L1', () => {
  test.each<readonly [SettlementCrash, number]>([
    ['aboutToRecordCandidate', 11],
    ['candidateRecorded', 12],
    ['transactionSent', 13],
  ])('killed at %s › settles its certificate once', async (crash, networkId) => {
    const certificates = 1
    const chain = certificateChain(networkId, certificates)
    await world.addNetwork(networkId, chain)
    const path = `${await temporaryFolder()}/db`
    const start = (at?: SettlementCrash) => startChild({ path, networkId, certificates }, at)
    const child = start(crash)
    expect(await child.ended).toBe(false)
    expect(child.lines).toContain(`died ${crash}`)
    // Settles while nobody is there.
    if (crash === 'transactionSent') await sleep(300)
    expect(await start().ended).toBe(true)
    await expectSettledOnce(chain, { path, networkId })
  })

  test('killed at random moments, with reorgs › settles each certificate once', async () => {
    const random = seededRandom(seed)
    const [networkId, certificates] = [14, 4]
    const chain = certificateChain(networkId, certificates)
    await world.addNetwork(networkId, chain)
    const path = `${await temporaryFolder()}/db`
    for (let i = 0; i < KILLS; i++) {
      const child = startChild({ path, networkId, certificates })
      // A moment of its work, however fast it gets there: what it says tells how far it is.
      const lines = 1 + (random.uint32() % 8)
      while (child.lines.length < lines && !child.lines.includes('done')) await sleep(2)
      await sleep(random.float() * 80)
      await child.kill()
      if (i % 2 === 0) await world.anvil.reorg(1 + (random.uint32() % 2))
    }
    expect(await startChild({ path, networkId, certificates }).ended, `SEED=${seed}`).toBe(true)
    await expectSettledOnce(chain, { path, networkId })
  })
})

function startChild(
  o: { readonly path: string; readonly networkId: number; readonly certificates: number },
  crash?: SettlementCrash,
): SettlementChild {
  const addresses = addressesToText(world.devnet.addresses)
  const child = runSettlement({
    ...o,
    program,
    url: world.anvil.url,
    addresses,
    ...(crash === undefined ? {} : { crash }),
  })
  children.push(child)
  return child
}

/** L1 has one settlement of each certificate, in order, and the database agrees with itself. */
async function expectSettledOnce(
  chain: ReturnType<typeof certificateChain>,
  { path, networkId }: { readonly path: string; readonly networkId: number },
): Promise<void> {
  expect(await world.settlements(networkId), `SEED=${seed}`).toEqual(chain.map(rootsAfter))
  const database = await levelDatabase(path)
  expect(await storeProblems(database)).toEqual([])
  expect((await jobIds(database)).length).toBe(chain.length)
  await database.close()
}
