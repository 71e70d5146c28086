import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains } from './helpers.js'

describe('killing validators one by one', { timeout: 120_000 }, () => {
  it('over TCP, on disk › the chain goes on without each, each catches up, nobody votes twice', async () => {
    await using network = await createTestNetwork(6, {
      transport: 'tcp',
      store: 'level',
      viewTimeoutMs: 400,
    })
    await network.waitForHeight(3n)
    for (const victim of network.nodes) {
      await victim.kill()
      const witness = network.nodes.find((node) => node !== victim && node.running)
      const height = (witness === undefined ? 0n : (chainOf(witness).height ?? 0n)) + 5n
      await network.waitForHeight(height)
      expect(chainOf(victim).height ?? -1n).toBeLessThan(height)
      await victim.restart()
      await network.waitForHeight(height + 3n)
    }
    const height = chainOf(network.at(0)).height ?? 0n
    await network.waitForHeight(height)
    await expectEqualChains(network, height)
    expect(network.recorder.doubleVotes).toEqual([])
  })
})
