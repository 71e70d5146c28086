import { Ctx, isCanceled, type Ctx as Context } from '@zkstack/concurrency'
import { keySigner } from '@zkstack/l1'
import { anvilKey, SimulatedL1, simulatedL1Client } from '@zkstack/l1/testing'
import { address, nativeProver } from '@zkstack/pessimistic-proof'
import { describe, expect, test } from 'vitest'
import {
  createSettlement,
  createSettlementNode,
  memoryDatabase,
  type Database,
  type SettlementClient,
  type SettlementNode,
} from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'
import { FakeSettlementNode } from '../helpers/client-world.js'

/** Nobody answers there. */
const l1 = simulatedL1Client(new SimulatedL1(), { fault: () => 'lost' })
const contract = address(new Uint8Array(20).fill(1))
const addresses = {
  rollupManager: contract,
  globalExitRootManager: contract,
  bridge: contract,
  deploymentBlock: 0n,
}

async function settlementNode(database: Database): Promise<SettlementNode> {
  const node = await createSettlementNode({
    ...{ l1, addresses, database, signers: [keySigner(anvilKey(1))] },
    ...{ prover: nativeProver(), accepts: { type: 'native' } },
    epochs: { type: 'time', epochDuration: 60n },
  })
  if (!node.ok) throw new Error(node.error.code)
  return node.value
}

interface Chain {
  /** Numbers of the blocks that the node gives, whatever it is asked for. */
  readonly blocks?: readonly bigint[]
  readonly firstBlock?: bigint
}

/** A client whose chain has these blocks, and where it began to read them. */
async function settlementClient(
  database: Database,
  { blocks = [], firstBlock }: Chain = {},
): Promise<SettlementClient & { readonly from: readonly bigint[] }> {
  const from: bigint[] = []
  const client = await createSettlement({
    ...{ l1, addresses, database, networkId: 1, endpoint: new FakeSettlementNode() },
    node: {
      async *blocks(o) {
        from.push(o.from)
        for (const number of blocks) yield { number }
        await new Promise<void>((resolve) => {
          o.signal.addEventListener('abort', () => {
            resolve()
          })
        })
      },
    },
    execution: { firstBlock, exits: () => ({ bridgeExits: [], claims: [] }) },
    signer: { sign: () => Promise.reject(new Error('nothing to sign')) },
  })
  return Object.assign(client, { from })
}

/** Runs it until the context is canceled; how it ended. */
function ended(runs: { run(ctx: Context): Promise<never> }, ctx: Context): Promise<unknown> {
  return runs.run(ctx).catch((e: unknown) => e)
}

const makers = { node: settlementNode, client: settlementClient }

describe.each(['node', 'client'] as const)('a settlement %s', (what) => {
  const made = (database: Database) => makers[what](database)

  test('runs already › ALREADY_RUNNING, and the first run goes on; after its end it may run again', async () => {
    const it = await made(memoryDatabase())
    for (let time = 0; time < 2; time++) {
      using ctx = Ctx.root()
      const first = ended(it, ctx)
      expect(await ended(it, ctx)).toMatchObject({ code: 'ALREADY_RUNNING' })
      expect(await Promise.race([first, Promise.resolve('running')])).toBe('running')
      ctx.cancel()
      expect(await first).toSatisfy(isCanceled)
    }
  })

  test('another one runs on its database › STORAGE_LOCKED until that has ended', async () => {
    const database = memoryDatabase()
    const [one, other] = [await made(database), await made(database)]
    using ctx = Ctx.root()
    using later = Ctx.root()
    const first = ended(one, ctx)
    expect(await ended(other, later)).toMatchObject({ code: 'STORAGE_LOCKED' })
    ctx.cancel()
    await first
    const second = ended(other, later)
    later.cancel()
    expect(await second).toSatisfy(isCanceled)
  })
})

describe('a settlement node that does not run', () => {
  const { signal } = new AbortController()
  const [submission] = certificateChain(1, 1)
  if (submission === undefined) throw new TypeError('no certificate')
  const { certificate } = submission

  test('another one runs on its database › neither submits, disables, edits nor is made', async () => {
    const database = memoryDatabase()
    const [one, other] = [await settlementNode(database), await settlementNode(database)]
    using ctx = Ctx.root()
    const running = ended(one, ctx)
    const locked = { code: 'STORAGE_LOCKED' }
    await expect(other.submit(certificate, { signal })).rejects.toMatchObject(locked)
    await expect(other.disableNetwork(certificate.networkId)).rejects.toMatchObject(locked)
    await expect(other.admin.push(certificate, { type: 'pending' })).rejects.toMatchObject(locked)
    await expect(settlementNode(database)).rejects.toMatchObject(locked)
    // who runs does all that
    await one.disableNetwork(certificate.networkId)
    ctx.cancel()
    await running
    await other.enableNetwork(certificate.networkId)
  })

  test('another one is changing something › is refused until that is done', async () => {
    const database = memoryDatabase()
    let goOn = (): void => undefined
    let gate = Promise.resolve()
    const slow: Database = { ...database, write: (batch) => gate.then(() => database.write(batch)) }
    const [one, other] = [await settlementNode(slow), await settlementNode(database)]
    gate = new Promise((resolve) => (goOn = resolve))
    const disabling = one.disableNetwork(certificate.networkId)
    const enabling = one.enableNetwork(certificate.networkId)
    await new Promise(setImmediate)
    await expect(other.submit(certificate, { signal })).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
    })
    goOn()
    await Promise.all([disabling, enabling])
    await other.disableNetwork(certificate.networkId)
  })

  test('another one has packed epochs since it was made › goes on in the newest one', async () => {
    const database = memoryDatabase()
    const [one, other] = [await settlementNode(database), await settlementNode(database)]
    const record = await one.store.clock()
    if (record === undefined) throw new Error('no clock')
    await one.store.openEpoch(7n, record)
    expect(other.store.epoch?.number).toBe(0n)
    using ctx = Ctx.root()
    const running = ended(other, ctx)
    await expect.poll(() => other.store.epoch?.number).toBe(7n)
    ctx.cancel()
    await running
  })
})

describe('the first block of a client', () => {
  test.each([
    { chain: {}, expected: 0n },
    { chain: { firstBlock: 100n, blocks: [100n, 101n] }, expected: 100n },
  ])('is the execution layer’s, $expected', async ({ chain, expected }) => {
    const client = await settlementClient(memoryDatabase(), chain)
    using ctx = Ctx.root()
    const running = ended(client, ctx)
    const blocks = BigInt(('blocks' in chain ? chain.blocks : []).length)
    await expect.poll(() => client.status.nextBlock).toBe(expected + blocks)
    expect(client.from).toEqual([expected])
    ctx.cancel()
    await running
  })

  test('a block is passed over › BLOCK_MISSING, and nothing is collected beyond', async () => {
    const client = await settlementClient(memoryDatabase(), { blocks: [0n, 2n] })
    using ctx = Ctx.root()
    expect(await ended(client, ctx)).toMatchObject({
      code: 'BLOCK_MISSING',
      message: expect.stringContaining('block 1 is missing') as string,
    })
    expect(client.status.nextBlock).toBe(1n)
  })
})
