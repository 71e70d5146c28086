import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains, viewTimeouts } from './helpers.js'

describe('faults of the committee', { timeout: 120_000 }, () => {
  it('a leader that stops › its views time out, the others go on', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    await network.waitForHeight(3n)
    const leader = network.at(2)
    await leader.stop()
    const timeouts: Uint8Array[] = []
    network.at(0).node.on('view:timeout', (e) => timeouts.push(e.leader))
    const height = (chainOf(network.at(0)).height ?? 0n) + 12n
    await network.waitForHeight(height)
    await expectEqualChains(network, height)
    expect(timeouts).toContainEqual(leader.validatorKey?.publicKey)
  })

  it('two of six are gone › no block, NO_PROGRESS tells who is silent; one comes back, and blocks come', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 100 })
    await network.waitForHeight(2n)
    // a busy machine may be called late first; what lasts is told again
    const warned = new Promise<void>((resolve) => {
      const meant = /no new block for \d+ s: .*quorum needs 5: .*validators \d and \d/
      network.at(0).node.on('warning', (e) => {
        if (e.code === 'NO_PROGRESS' && meant.test(e.message)) resolve()
      })
    })
    await Promise.all([network.at(4).kill(), network.at(5).kill()])
    await warned
    const height = chainOf(network.at(0)).height ?? 0n
    await network.at(4).restart()
    await network.waitForHeight(height + 4n)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('a partition into halves › neither decides; healed, all go on together', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    await network.waitForHeight(3n)
    network.partition([0, 1, 2], [3, 4, 5])
    // What was under way has settled when every view ends by its timer.
    await viewTimeouts(network.at(0).node, 2)
    const highest = (): bigint =>
      network.nodes.map((node) => chainOf(node).height ?? 0n).reduce((a, b) => (a > b ? a : b))
    const before = highest()
    await viewTimeouts(network.at(0).node, 3)
    expect(highest()).toBe(before)
    network.heal()
    const height = (chainOf(network.at(0)).height ?? 0n) + 5n
    await network.waitForHeight(height)
    await expectEqualChains(network, height)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('a minority cut off › the majority goes on, the minority catches up', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    await network.waitForHeight(2n)
    network.partition([0, 1, 2, 3, 4], [5])
    const majority = network.nodes.slice(0, 5)
    const height = (chainOf(network.at(0)).height ?? 0n) + 10n
    await network.waitForHeight(height, { nodes: majority })
    expect(chainOf(network.at(5)).height ?? 0n).toBeLessThan(height)
    network.heal()
    await network.waitForHeight(height + 3n)
    await expectEqualChains(network, height + 3n)
  })
})
