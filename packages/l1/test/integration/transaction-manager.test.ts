import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom, type SeededRandom } from '@zkstack/concurrency'
import { startAnvil, startFaultyRpc, type Anvil, type FaultyRpc } from '@zkstack/l1/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildManager, runManager, type ManagerChild } from './manager-child.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))
const JOBS = 4
/** Things that happen to the process or to L1 before L1 is calm. */
const TROUBLES = Number(process.env['TROUBLES'] ?? '6')
/** Milliseconds of a round, and how many in a calm L1 it takes for a job that has not ended to be lost. */
const ROUND_MS = 60
const CALM_ROUNDS = 1_000

const opened: (() => Promise<void>)[] = []
let folder: string
let program: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manager-'))
  program = await buildManager(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(`SEED=${seed}`)
  for (const close of opened.splice(0).reverse()) await close()
})

interface World {
  readonly anvil: Anvil
  readonly path: string
  readonly url: string
  readonly rpc: FaultyRpc | undefined
  readonly random: SeededRandom
  /** All processes, the present one last. */
  readonly children: ManagerChild[]
}

async function createWorld(o: { readonly nonceLookup: boolean }): Promise<World> {
  const place = await mkdtemp(join(folder, 'world-'))
  const anvil = await startAnvil({ noMining: true, state: join(place, 'anvil.json') })
  opened.push(async () => {
    await anvil[Symbol.asyncDispose]()
  })
  const random = seededRandom(`${seed}/${o.nonceLookup}`)
  const rpc = o.nonceLookup ? undefined : await startFaultyRpc(anvil.url)
  if (rpc !== undefined) {
    opened.push(async () => {
      await rpc[Symbol.asyncDispose]()
    })
    rpc.fault = ({ method }) => {
      if (method === 'eth_getTransactionBySenderAndNonce')
        return { type: 'error', code: -32601, message: 'the method does not exist' }
      return random.float() < 0.05 ? { type: random.float() < 0.5 ? 'drop' : 'lose' } : undefined
    }
  }
  const path = join(place, 'jobs')
  const world = { anvil, path, url: rpc?.url ?? anvil.url, rpc, random, children: [] }
  await anvil.mine(3)
  start(world)
  return world
}

function start(world: World): ManagerChild {
  const child = runManager({ program, url: world.url, path: world.path, jobs: JOBS })
  world.children.push(child)
  opened.push(() => child.kill())
  return child
}

const presentOf = (world: World): ManagerChild => world.children.at(-1) ?? start(world)

/** Each is one way in which things go wrong. */
const troubles: Readonly<Record<string, (world: World) => Promise<void>>> = {
  kill: async (world) => {
    await presentOf(world).kill()
    start(world)
  },
  reorg: async ({ anvil, random }) => {
    await anvil.reorg(1 + (random.uint32() % 2))
  },
  drop: async ({ anvil }) => {
    await anvil.request('anvil_dropAllTransactions')
  },
  stall: async () => {
    await sleep(900)
  },
  restartL1: async ({ anvil }) => {
    await anvil.stop()
    await sleep(200)
    await anvil.restart()
    // It has no states of older blocks, in which it could look for nonces, and can undo none of them.
    await anvil.mine(3)
  },
}

async function run(world: World): Promise<void> {
  const names = Object.keys(troubles)
  for (let i = 0; i < TROUBLES; i++) {
    await sleep(50 + world.random.float() * 200)
    if (world.random.float() < 0.5) await world.anvil.mine()
    const name = names[(i + (world.random.uint32() % 2)) % names.length] ?? 'kill'
    await troubles[name]?.(world)
  }
  for (let round = 0; round < CALM_ROUNDS && !presentOf(world).isDone; round++) {
    await world.anvil.mine()
    await sleep(ROUND_MS)
  }
  expect(presentOf(world).isDone, `SEED=${seed}`).toBe(true)
  expect(await presentOf(world).ended).toBe(0)
}

async function expectOneSuccessEach({ anvil, children }: World): Promise<void> {
  const results = children.flatMap(({ lines }) =>
    lines.filter((line) => line.startsWith('result ')),
  )
  for (let i = 0; i < JOBS; i++) {
    const to = `0x${(0xd0 + i).toString(16).repeat(20)}`
    expect(BigInt(String(await anvil.request('eth_getBalance', [to, 'latest'])))).toBe(1n)
    const result = results.find((line) => line.startsWith(`result ${i} success `))
    const hash = result?.split(' ')[3] ?? ''
    const receipt = await anvil.request('eth_getTransactionReceipt', [`0x${hash}`])
    expect(receipt, `SEED=${seed} ${result}`).toMatchObject({ status: '0x1', to })
  }
}

/** No transaction waits for one that never comes. */
async function expectEmptyPool({ anvil }: World): Promise<void> {
  await anvil.mine()
  expect(await anvil.request('txpool_status')).toEqual({ pending: '0x0', queued: '0x0' })
}

for (const nonceLookup of [true, false]) {
  describe(`against a real node ${nonceLookup ? 'with' : 'without'} nonce lookup`, () => {
    test('processes that are killed, reorgs, dropped transactions, stalls, a node that restarts › each job succeeds once', async () => {
      const world = await createWorld({ nonceLookup })
      await run(world)
      await expectOneSuccessEach(world)
      await expectEmptyPool(world)
    }, 180_000)
  })
}

describe('against a real node that mines nothing', () => {
  test('the transaction does not get in › it is replaced, at the same nonce, and the replacement settles', async () => {
    const world = await createWorld({ nonceLookup: true })
    const child = presentOf(world)
    for (let i = 0; i < 4_000 && !child.lines.some((line) => line.includes('gas_bump')); i++) {
      await sleep(20)
    }
    for (let i = 0; i < CALM_ROUNDS && !child.isDone; i++) {
      await world.anvil.mine()
      await sleep(ROUND_MS)
    }
    expect(child.lines.filter((line) => line.includes('"kind":"gas_bump"'))).not.toEqual([])
    await expectOneSuccessEach(world)
    const count = await world.anvil.request('eth_getTransactionCount', [
      '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
      'latest',
    ])
    expect(BigInt(String(count))).toBe(BigInt(JOBS))
  }, 180_000)
})
