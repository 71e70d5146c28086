import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { jobTables, type BatchOperation, type JobStore, type L1Client } from '@zkstack/l1'
import { JobWorld, type JobWorldOptions, type SimulatedMethod } from '@zkstack/l1/testing'
import { describe, expect, test } from 'vitest'
import { foreignTransaction } from '../helpers/foreign-transaction.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))

/** How many deaths of each scenario are tried, spread evenly over its operations; `all`: each one. */
const points = process.env['POINTS'] ?? '8'
/** Runs of each scenario in which processes die at random, one after another. */
const runs = points === 'all' ? 20 : 2

/** So many of the operations, at equal distances from a random first one on. */
function spread(operations: number, random: SeededRandom): number[] {
  const count = points === 'all' ? operations : Math.min(operations, Number(points))
  const step = operations / count
  const first = random.float() * step
  return Array.from({ length: count }, (_, i) => Math.floor(first + i * step))
}

interface Scenario extends Omit<JobWorldOptions, 'client'> {
  /** What is logged when the scenario does what it says. */
  readonly sign: string
}

const sent = 'a settlement transaction is sent'
const gone = 'a settlement transaction is on L1 no more and is sent again'
const taken = 'another transaction took the nonce of a settlement job'

/** Each brings about another part of the life of a job. */
const scenarios = {
  'a calm L1': { sign: sent },
  'fees that rise above what was offered': {
    sign: 'gas_bump',
    baseFeePerGas: 30n,
    quotedBaseFeePerGas: 10n,
    onBlock: ({ l1 }, number) => {
      if (number === 2n) l1.quotedBaseFeePerGas = 30n
    },
  },
  'a mempool that forgets (agglayer #1154)': {
    sign: 'gas_bump',
    baseFeePerGas: 2_000n,
    quotedBaseFeePerGas: 10n,
    onBlock: ({ l1 }, number) => {
      if (number !== 3n) return
      l1.dropMempool()
      l1.baseFeePerGas = 10n
    },
  },
  'a reorg that gives transactions back': {
    sign: gone,
    onBlock: ({ l1 }, number) => {
      if (number === 2n) l1.reorg(2, 'return')
    },
  },
  'a reorg that loses transactions': {
    sign: gone,
    onBlock: ({ l1 }, number) => {
      if (number === 2n) l1.reorg(2, 'lost')
    },
  },
  'a nonce that somebody else takes (agglayer #1106, #1234)': {
    sign: taken,
    baseFeePerGas: 2_000n,
    onBlock: (world, number) => {
      if (number !== 2n) return
      world.l1.mineForeign(foreignTransaction(world.l1, world.signer.address))
      world.l1.baseFeePerGas = 10n
    },
  },
} satisfies Readonly<Record<string, Scenario>>

async function violationsOf(o: JobWorldOptions, lives: readonly number[]): Promise<string[]> {
  const world = new JobWorld(o)
  await world.complete({ lives })
  return world.violations
}

/** Operations of a run in which nobody dies. */
async function lengthOf(o: JobWorldOptions & Scenario): Promise<number> {
  const world = new JobWorld(o)
  await world.complete()
  expect(world.violations).toEqual([])
  const log = world.logger.records.flatMap(({ message, fields }) => [message, fields?.['kind']])
  expect(log).toContain(o.sign)
  return world.operations
}

for (const nonceLookup of [true, false]) {
  describe(`a process that dies, ${nonceLookup ? 'with' : 'without'} nonce lookup`, () => {
    for (const [name, scenario] of Object.entries(scenarios)) {
      test(`${name} › death before and after every write and every question › each job succeeds once`, async () => {
        const o = { ...scenario, client: { nonceLookup } }
        const operations = await lengthOf(o)
        const random = seededRandom(`${seed}/${name}/${nonceLookup}`)
        for (const life of spread(operations, random)) {
          expect(await violationsOf(o, [life]), `SEED=${seed} life=${life}`).toEqual([])
        }
      })

      test(`${name} › processes that die one after another › each job succeeds once`, async () => {
        const random = seededRandom(`${seed}/${name}`)
        const o = { ...scenario, client: { nonceLookup } }
        for (let run = 0; run < runs; run++) {
          const lives = Array.from({ length: 8 }, () => random.uint32() % 60)
          expect(await violationsOf(o, lives), `SEED=${seed} lives=${lives.join()}`).toEqual([])
        }
      })
    }
  })
}

/** A store that says an attempt is written when it is not: it is only with the next write. */
function writeBehind(store: JobStore): JobStore {
  let late: readonly BatchOperation[] = []
  return {
    ...store,
    write: async (batch) => {
      const now = [...late, ...batch]
      const isAttempt = batch.some(({ table }) => table === jobTables.attempts)
      late = isAttempt ? now : []
      return isAttempt ? { ok: true, value: undefined } : store.write(now)
    },
  }
}

/** A client for which every receipt's block is in the chain. */
function credulous(client: L1Client): L1Client {
  let believed: Awaited<ReturnType<L1Client['receipt']>> | undefined
  return {
    ...client,
    receipt: async (hash, o) => (believed = await client.receipt(hash, o)),
    block: async (at, o) => {
      const block = await client.block(at, o)
      const hash = believed?.ok === true ? believed.value?.blockHash : undefined
      if (typeof at !== 'bigint' || !block.ok || block.value === undefined) return block
      return { ok: true, value: { ...block.value, hash: hash ?? block.value.hash } }
    },
  }
}

describe('negative controls', () => {
  test('sending before storing › some death makes it visible', async () => {
    const o = { spoilStore: writeBehind }
    const found: string[] = []
    const isFound = () =>
      found.includes('sent before it was stored') &&
      found.some((violation) => violation.includes('2 successes'))
    for (let life = 0; life < 60 && !isFound(); life++)
      found.push(...(await violationsOf(o, [life])))
    expect(isFound()).toBe(true)
  })

  test('receipts believed without their block › a reorg leaves a job without its transaction', async () => {
    const scenario = scenarios['a reorg that loses transactions']
    const o = (): JobWorldOptions => {
      let asked = 0
      const fault = (method: SimulatedMethod) =>
        method === 'receipt' && asked++ < 20 ? 'stale' : undefined
      return { ...scenario, client: { nonceLookup: false, fault } }
    }
    expect(await violationsOf(o(), [])).toEqual([])
    const believed = await violationsOf({ ...o(), spoilClient: credulous }, [])
    expect(believed).toContain('job 0: its transaction is in another block')
  })
})
