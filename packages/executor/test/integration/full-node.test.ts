import { generateValidatorKey } from '@zkstack/roles'
import { seededRandom } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { bytesOf, chainOf, expectEqualChains, nextWarning } from './helpers.js'

describe('a full node', { timeout: 120_000 }, () => {
  for (const transport of ['memory', 'tcp'] as const) {
    it(`joins 300 blocks late, over ${transport} › catches up, then follows`, async () => {
      await using network = await createTestNetwork(1, { transport })
      await network.waitForHeight(300n)
      const late = network.addFullNode()
      const node = await late.start()
      const phases = new Set<string>()
      node.on('block:finalized', () => phases.add(node.status.phase))
      await node.waitForBlock(300n)
      const live = (chainOf(network.at(0)).height ?? 0n) + 20n
      await network.waitForHeight(live)
      expect(phases).toContain('syncing')
      expect(node.status.role).toBe('full')
      expect(chainOf(late).commits).toBeGreaterThan(300)
      await expectEqualChains(network, live)
      const mine = await network.at(0).node.waitForBlock(300n)
      expect(bytesOf(await node.waitForBlock(300n))).toBe(bytesOf(mine))
    })
  }

  it('killed in the middle of its sync › goes on from what it has, commits nothing twice', async () => {
    await using network = await createTestNetwork(1, { store: 'level' })
    await network.waitForHeight(100n)
    const late = network.addFullNode()
    await late.start()
    await late.node.waitForBlock(40n)
    await late.kill()
    const reached = chainOf(late).height ?? 0n
    expect(reached).toBeGreaterThanOrEqual(40n)
    await late.restart()
    await network.waitForHeight(120n)
    expect(BigInt(chainOf(late).commits)).toBe((chainOf(late).height ?? 0n) + 1n)
  })

  it('a validator key that is not in the committee › follows, and says so', async () => {
    await using network = await createTestNetwork(1)
    const stranger = generateValidatorKey(network.genesis.scheme, seededRandom('stranger'))
    const node = await network.addFullNode().start({ validatorKey: stranger })
    const warning = await nextWarning(node, 'VALIDATOR_NOT_IN_SCHEDULE')
    expect(warning.message).toContain('validator:public:ed25519:')
    await node.waitForBlock(5n)
    await expect.poll(() => node.status.phase).toBe('following')
    expect(node.status).toMatchObject({ role: 'full', view: undefined })
  })

  it('a validator that syncs from a full node alone › catches up and votes', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    const late = network.at(5)
    await late.kill()
    const full = network.addFullNode()
    await full.start()
    await network.waitForHeight(10n)
    network.partition([0, 1, 2, 3, 4, 6], [5])
    await network.waitForHeight(20n)
    network.heal()
    await late.start({ peers: { outbound: [{ key: full.key, addr: full.address ?? '' }] } })
    await network.waitForHeight(30n)
  })
})
