import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { jobTables } from '@zkstack/l1'
import { levelDatabase } from '../../src/index.js'
import { jobStoreIn } from '../../src/storage/job-store.js'
import { certificateChain } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { settler } from '../helpers/engine-on-l1.js'
import { rootsAfter, type L1World } from '../helpers/l1-world.js'
import type { SettlementChild } from '../integration/settlement-child.js'
import { count, type Tally } from './tally.js'

/** A chain of certificates of a network, what is stored of it, and a process that carries it to L1. */
export interface ProcessCase {
  readonly networkId: number
  readonly certificates: number
  /** Folder of the database. */
  readonly path: string
  start(): SettlementChild
}

/**
 * Kills a settlement process so many times, at any moment of its work, with a reorg at every other one; then lets one finish. L1
 * makes its blocks meanwhile.
 */
export async function killedProcesses(
  world: L1World,
  c: ProcessCase,
  o: { readonly kills: number; readonly random: SeededRandom; onKill?(kills: number): void },
): Promise<Tally> {
  const { kills, random } = o
  const tried: Record<string, number> = {}
  const before = await nonceOf(world)
  for (let i = 0; i < kills; i++) {
    const child = c.start()
    // A moment of its work, however fast it gets there: what it says tells how far it is.
    const lines = 1 + (random.uint32() % 8)
    while (child.lines.length < lines && !child.lines.includes('done')) await sleep(2)
    await sleep(random.float() * 80)
    await child.kill()
    count(tried, 'SIGKILL')
    o.onKill?.(i + 1)
    if (i % 2 === 1) continue
    const depth = 1 + (random.uint32() % 2)
    await world.anvil.reorg(depth)
    count(tried, `reorgs of ${depth}`)
  }
  const hasEnded = await c.start().ended
  const wrong = [
    ...(hasEnded ? [] : ['it did not end']),
    ...(await problemsAfter(world, c, before)),
  ]
  const settlements = (await world.settlements(c.networkId)).length
  return {
    what: 'a process on a real L1',
    tried,
    certificates: c.certificates,
    lost: Math.max(0, c.certificates - settlements),
    wrong,
  }
}

/** The transactions that L1 has of the settler. */
export async function nonceOf({ anvil }: L1World): Promise<number> {
  return Number(await anvil.request('eth_getTransactionCount', [`0x${toHex(settler)}`, 'latest']))
}

/**
 * What is wrong: L1 must have one settlement of each certificate, in order, and no transaction that is not stored; the database must
 * agree with itself.
 * @param before the settler's transactions before the case
 */
export async function problemsAfter(
  world: L1World,
  { networkId, certificates, path }: ProcessCase,
  before: number,
): Promise<string[]> {
  const problems: string[] = []
  const expected = certificateChain(networkId, certificates).map(rootsAfter)
  const found = await world.settlements(networkId)
  if (JSON.stringify(found) !== JSON.stringify(expected)) problems.push('L1 has other settlements')
  const database = await levelDatabase(path)
  problems.push(...(await storeProblems(database)))
  const jobs = (await jobIds(database)).length
  if (jobs !== certificates) problems.push(`${jobs} jobs for ${certificates} certificates`)
  const nonces = new Set<string>()
  for await (const [key] of jobStoreIn(database).entries(jobTables.attemptsPerWallet, {}))
    nonces.add(toHex(key.subarray(20, 28)))
  await database.close()
  const sent = (await nonceOf(world)) - before
  if (sent !== nonces.size) problems.push(`${sent} transactions on L1, ${nonces.size} stored`)
  return problems
}
