import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains } from './helpers.js'

describe('six validators', () => {
  for (const transport of ['memory', 'tcp'] as const) {
    it(`over ${transport} › finalise the same blocks`, async () => {
      await using network = await createTestNetwork(6, { transport })
      await network.waitForHeight(20n)
      await expectEqualChains(network, 20n)
      expect(network.recorder.doubleVotes).toEqual([])
      await expect.poll(() => network.at(0).node.status.peers).toBe(5)
    })
  }

  it('on disk, over TCP › finalise the same blocks', async () => {
    await using network = await createTestNetwork(6, { transport: 'tcp', store: 'level' })
    await network.waitForHeight(10n)
    await expectEqualChains(network, 10n)
  })

  it('unequal weights › finalise; the light ones alone do not count', async () => {
    await using network = await createTestNetwork(6, { weights: [10n, 10n, 10n, 10n, 10n, 1n] })
    await network.waitForHeight(5n)
    await network.at(5).stop()
    const height = chainOf(network.at(0)).height ?? 0n
    await network.waitForHeight(height + 10n)
    await expectEqualChains(network, height + 10n)
  })
})

describe('every signature scheme', { timeout: 120_000 }, () => {
  for (const [id, name] of [
    [0, 'BLS min-sig'],
    [1, 'BLS min-pk'],
  ] as const) {
    it(`${name} › four validators finalise the same blocks`, async () => {
      await using network = await createTestNetwork(4, { scheme: id, viewTimeoutMs: 10_000 })
      await network.waitForHeight(3n, { stallMs: 60_000 })
      await expectEqualChains(network, 3n)
    })
  }
})
