import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryDatabase } from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'
import { runEngineOnL1 } from '../helpers/engine-on-l1.js'
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
    const { addresses } = world.devnet
    await runEngineOnL1(
      { url: world.anvil.url, addresses, database: memoryDatabase() },
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
})
