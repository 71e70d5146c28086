import { setTimeout as sleep } from 'node:timers/promises'
import { Ctx } from '@zkstack/concurrency'
import { hash32, loadCryptoBackends, toHex, type Hash32 } from '@zkstack/crypto'
import type { L1Client } from '@zkstack/l1'
import { certificateId } from '@zkstack/pessimistic-proof'
import { committeeWallet, type Authentication } from '@zkstack/pessimistic-proof/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryDatabase, type CertificateEvent, type SettlementEngine } from '../../src/index.js'
import { hexOf } from '../../src/contracts/bytes-of.js'
import { certificateChain, resubmission } from '../../testing/index.js'
import { jobIds, storeProblems } from '../helpers/check-store.js'
import { anvilPolicy, runEngineOnL1, type EngineOnL1Options } from '../helpers/engine-on-l1.js'
import { rootsAfter, startL1World, type L1World } from '../helpers/l1-world.js'
import { valueOf } from '../helpers/value-of.js'

let world: L1World

beforeAll(async () => {
  await loadCryptoBackends()
  world = await startL1World()
})
afterAll(() => world[Symbol.asyncDispose]())

describe('a settlement engine on the contracts of a real L1', () => {
  test('settles a chain of certificates › L1 has our roots after each', async () => {
    const chain = certificateChain(1, 5)
    await world.addNetwork(1, chain)
    await runEngineOnL1(
      { ...place(), database: memoryDatabase() },
      async ({ engine, call, store, untilStatus }) => {
        for (const { certificate } of chain) {
          valueOf(await engine.submit(certificate, call))
        }
        for (const { certificate } of chain)
          await untilStatus(certificateId(certificate), 'settled')
        const hashes = await Promise.all(
          chain.map(async ({ certificate }) => {
            const header = await store.header(certificateId(certificate))
            return header?.settlementTxHash && toHex(header.settlementTxHash)
          }),
        )
        expect(new Set(hashes).size).toBe(5)
      },
    )
    expect(await world.settlements(1)).toEqual(chain.map(rootsAfter))
    expect(await world.roots(1)).toEqual(chain.map(rootsAfter).at(-1))
  })

  test('settles the certificates of a network with a committee › L1 has our roots', async () => {
    const wallets = [1, 2, 3, 4].map(committeeWallet)
    const authentication: Authentication = { type: 'multisig', wallets, threshold: 3 }
    const chain = certificateChain(7, 2, authentication)
    await world.addNetwork(7, chain, authentication)
    await settle({ database: memoryDatabase() }, chain)
    expect(await world.settlements(7)).toEqual(chain.map(rootsAfter))
  })

  test('given certificates that too few of L1’s committee signed › refuses them', async () => {
    const authentication: Authentication = {
      type: 'multisig',
      wallets: [1, 2].map(committeeWallet),
      threshold: 1,
    }
    const chain = certificateChain(8, 1, authentication)
    await world.addNetwork(8, chain, { ...authentication, threshold: 2 })
    await runEngineOnL1({ ...place(), database: memoryDatabase() }, async ({ engine, call }) => {
      for (const { certificate } of chain)
        expect(await engine.submit(certificate, call)).toMatchObject({ ok: false })
    })
    expect(await world.settlements(8)).toEqual([])
  })

  test('killed with the transaction under way, settled while offline › takes it over from L1 and sends nothing again', async () => {
    const chain = certificateChain(2, 2)
    await world.addNetwork(2, chain)
    const database = memoryDatabase()
    const ctx = Ctx.root()
    await settle({ database, ctx, wrapClient: afterSending(() => ctx.cancel()) }, chain).catch(
      () => undefined,
    )
    await expect.poll(() => world.settlements(2)).toHaveLength(1)
    await settle({ database }, chain)
    expect(await world.settlements(2)).toEqual(chain.map(rootsAfter))
    expect(await storeProblems(database)).toEqual([])
  })

  test('without what it knew of a certificate that L1 has settled › adopts it, and goes on', async () => {
    const chain = certificateChain(3, 3)
    await world.addNetwork(3, chain)
    await settle({ database: memoryDatabase() }, chain.slice(0, 1))
    const database = memoryDatabase()
    const events = await settle({ database }, chain)
    expect(events.filter(({ type }) => type === 'adopted')).toHaveLength(1)
    expect(await world.settlements(3)).toEqual(chain.map(rootsAfter))
    expect(await jobIds(database)).toHaveLength(2)
  })

  test('whose transaction reverts › is in error; the same certificate is refused, and another one settles', async () => {
    const chain = certificateChain(4, 1)
    const [only] = chain
    if (only === undefined) throw new Error('no certificate')
    await world.addNetwork(4, chain)
    const database = memoryDatabase()
    const wrapClient = beforeSending(() => world.trust(false))
    await runEngineOnL1({ ...place(), database, wrapClient }, async (running) => {
      const { engine, store, call, untilStatus } = running
      const id = valueOf(await engine.submit(only.certificate, call)).certificateId
      await untilStatus(id, 'inError')
      const header = await store.header(id)
      expect(header?.status).toMatchObject({
        error: { code: 'SettlementError', reason: 'Reverted' },
      })
    })
    await world.trust(true)
    await runEngineOnL1(
      { ...place(), database },
      async ({ engine, call, untilStatus, manager }) => {
        await untilReplaceable(engine, 4)
        expect(await engine.submit(only.certificate, call)).toMatchObject({ ok: false })
        const other = resubmission(only, hash32(new Uint8Array(32).fill(1)))
        const { certificateId: id } = valueOf(await engine.submit(other.certificate, call))
        await untilStatus(id, 'settled')
        const outcomes: unknown[] = []
        for await (const job of manager.jobs()) outcomes.push(job.status)
        expect(outcomes).toEqual(['completed', 'completed'])
      },
    )
    expect(await world.settlements(4)).toEqual([rootsAfter(only)])
  })

  test('whose transaction L1 would refuse › is in error before anything is sent, and goes on with another one', async () => {
    const chain = certificateChain(5, 1)
    const [only] = chain
    if (only === undefined) throw new Error('no certificate')
    await world.addNetwork(5, chain)
    await world.trust(false)
    const database = memoryDatabase()
    await runEngineOnL1({ ...place(), database }, async ({ engine, store, call, untilStatus }) => {
      const id = valueOf(await engine.submit(only.certificate, call)).certificateId
      await untilStatus(id, 'inError')
      expect((await store.header(id))?.status).toMatchObject({
        error: { code: 'SettlementError', reason: 'REVERTED' },
      })
      expect(await jobIds(database)).toEqual([])
      await world.trust(true)
      await untilReplaceable(engine, 5)
      const again = valueOf(await engine.submit(only.certificate, call))
      expect(again.isNew).toBe(true)
      await untilStatus(id, 'settled')
    })
    expect(await world.settlements(5)).toEqual([rootsAfter(only)])
  })

  test('whose transaction a reorg undoes before it is final › has it on L1 again, once', async () => {
    const chain = certificateChain(6, 2)
    await world.addNetwork(6, chain)
    await world.anvil.mine(5)
    await world.anvil.request('evm_setAutomine', [false])
    let undone = 0
    let isMining = true
    const policy = { ...anvilPolicy, finality: { tag: 'latest', confirmations: 3 } } as const
    const wrapClient = afterSending(async (hash) => {
      if (undone >= 2) return
      isMining = false
      await world.anvil.mine()
      const receipt = await world.devnet.client.getTransactionReceipt({ hash: hexOf(hash) })
      const depth = (await world.anvil.blockNumber()) - receipt.blockNumber + 1n
      await world.anvil.reorg(Number(depth))
      undone++
      isMining = true
    })
    const mining = setInterval(() => {
      if (isMining) void world.anvil.mine().catch(() => undefined)
    }, 100)
    try {
      await settle({ database: memoryDatabase(), policy, wrapClient }, chain)
    } finally {
      clearInterval(mining)
      await world.anvil.request('evm_setAutomine', [true])
    }
    expect(undone).toBe(2)
    expect(await world.settlements(6)).toEqual(chain.map(rootsAfter))
  })
})

type Chain = ReturnType<typeof certificateChain>

function place() {
  return { url: world.anvil.url, addresses: world.devnet.addresses }
}

/** Submits everything, waits until it is settled, and gives the events. */
async function settle(
  o: Omit<EngineOnL1Options, 'url' | 'addresses'>,
  chain: Chain,
): Promise<CertificateEvent[]> {
  const events: CertificateEvent[] = []
  const onEvent = (event: CertificateEvent) => events.push(event)
  await runEngineOnL1({ ...place(), onEvent, ...o }, async ({ engine, call, untilStatus }) => {
    for (const { certificate } of chain) valueOf(await engine.submit(certificate, call))
    for (const { certificate } of chain) await untilStatus(certificateId(certificate), 'settled')
  })
  return events
}

async function untilReplaceable(engine: SettlementEngine, networkId: number): Promise<void> {
  while (engine.state(networkId)?.activity !== 'idle') await sleep(10)
}

/** A client that does something else before it sends a transaction. */
function beforeSending(act: () => Promise<void>): (client: L1Client) => L1Client {
  return (client) => ({
    ...client,
    async sendRawTransaction(bytes, o) {
      await act()
      return client.sendRawTransaction(bytes, o)
    },
  })
}

/** A client that does something else after it has sent a transaction. */
function afterSending(act: (hash: Hash32) => void | Promise<void>): (client: L1Client) => L1Client {
  return (client) => ({
    ...client,
    async sendRawTransaction(bytes, o) {
      const sent = await client.sendRawTransaction(bytes, o)
      if (sent.ok) await act(sent.value)
      return sent
    },
  })
}
