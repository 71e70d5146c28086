import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { expect, test } from 'vitest'
import { settler } from '../helpers/engine-on-l1.js'
import { startL1World } from '../helpers/l1-world.js'
import { rpcFaults } from '../reliability/rpc-faults.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 32))

test('a settlement node behind an endpoint that breaks, delays, cuts and lies, one request in five › settles each certificate once', async () => {
  await loadCryptoBackends()
  await using world = await startL1World()
  // A wallet with a past: a count of 0 cannot be spoiled.
  await world.anvil.request('anvil_setNonce', [`0x${toHex(settler)}`, '0x9'])
  const o = { networkId: 17, certificates: 2, random: seededRandom(seed) }
  const { tried, lost, wrong } = await rpcFaults(world, o)
  expect({ lost, wrong }, `SEED=${seed}`).toEqual({ lost: 0, wrong: [] })
  expect(Object.keys(tried).length).toBeGreaterThan(2)
}, 120_000)
