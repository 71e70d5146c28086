import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { certificateChain } from '../../testing/index.js'
import { addressesToText } from '../helpers/engine-on-l1.js'
import { startL1World, type L1World } from '../helpers/l1-world.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'
import { killedProcesses, nonceOf, problemsAfter } from '../reliability/killed-processes.js'
import {
  buildSettlementProcess,
  runSettlement,
  type SettlementChild,
  type SettlementChildOptions,
  type SettlementCrash,
  type SettlementFlaw,
} from './settlement-child.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))
/** Kills at random moments, with a reorg at every other one. */
const KILLS = Number(process.env['KILLS'] ?? '2')

let world: L1World
let folder: string
let program: string
const children: SettlementChild[] = []

beforeAll(async () => {
  await loadCryptoBackends()
  folder = await mkdtemp(join(tmpdir(), 'settlement-'))
  program = await buildSettlementProcess(folder)
  world = await startL1World()
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await world[Symbol.asyncDispose]()
})
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
  for (const child of children.splice(0)) await child.kill()
})

interface Started {
  readonly networkId: number
  readonly certificates: number
  readonly path: string
  start(o?: Pick<SettlementChildOptions, 'crash' | 'flaw' | 'silent'>): SettlementChild
}

async function caseOf(networkId: number, certificates: number): Promise<Started> {
  await world.addNetwork(networkId, certificateChain(networkId, certificates))
  const path = `${await temporaryFolder()}/db`
  const addresses = addressesToText(world.devnet.addresses)
  const options = { program, url: world.anvil.url, addresses, path, networkId, certificates }
  return {
    ...{ networkId, certificates, path },
    start(o = {}) {
      const child = runSettlement({ ...options, ...o })
      children.push(child)
      return child
    },
  }
}

/** While it runs, L1 makes a block every 40 milliseconds, whatever is sent. */
async function whileMining<T>(work: () => Promise<T>): Promise<T> {
  await world.anvil.request('evm_setAutomine', [false])
  const mining = setInterval(() => void world.anvil.mine().catch(() => undefined), 40)
  try {
    return await work()
  } finally {
    clearInterval(mining)
    await world.anvil.request('evm_setAutomine', [true])
  }
}

/** Waits until L1 has a transaction that was sent. @param before the settler's transactions without it */
async function untilSettled(before: number): Promise<void> {
  while ((await nonceOf(world)) === before) await sleep(20)
}

describe('a settlement process on a real L1', () => {
  test.each<readonly [SettlementCrash, number]>([
    ['aboutToRecordCandidate', 11],
    ['candidateRecorded', 12],
    ['transactionSent', 13],
  ])('killed at %s › settles its certificate once', async (crash, networkId) => {
    const c = await caseOf(networkId, 1)
    const before = await nonceOf(world)
    await whileMining(async () => {
      const child = c.start({ crash })
      expect(await child.ended).toBe(false)
      expect(child.lines).toContain(`died ${crash}`)
      // Settles while nobody is there.
      if (crash === 'transactionSent') await untilSettled(before)
      expect(await c.start().ended).toBe(true)
      expect(await problemsAfter(world, c, before)).toEqual([])
    })
  })

  test('killed at random moments, with reorgs › settles each certificate once', async () => {
    const c = await caseOf(14, KILLS > 2 ? 4 : 2)
    const o = { kills: KILLS, random: seededRandom(seed) }
    const { lost, wrong } = await whileMining(() => killedProcesses(world, c, o))
    expect({ lost, wrong }, `SEED=${seed}`).toEqual({ lost: 0, wrong: [] })
  })

  test.each<readonly [SettlementFlaw, number]>([
    ['forgetsLastBatch', 15],
    ['sendsBeforeStoring', 16],
  ])('control: one that %s, killed with its transaction sent › is found out', async (flaw, id) => {
    const c = await caseOf(id, 1)
    const before = await nonceOf(world)
    await whileMining(async () => {
      const child = c.start({ crash: 'transactionSent', flaw })
      expect(await child.ended).toBe(false)
      await untilSettled(before)
      const hasEnded = await c.start({ silent: true }).ended
      const problems = hasEnded ? await problemsAfter(world, c, before) : ['it did not end']
      expect(problems).not.toEqual([])
    })
  })
})
