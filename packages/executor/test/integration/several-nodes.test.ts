import { MemoryMetrics } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { chainOf } from './helpers.js'

/** The value of a metric without labels. */
function valueOf(metrics: MemoryMetrics, name: string): number {
  const line = metrics
    .openMetrics()
    .split('\n')
    .find((l) => l.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

describe('several nodes of one process', () => {
  it('two chains side by side › each counts for itself', async () => {
    const a = new MemoryMetrics()
    const b = new MemoryMetrics()
    await using first = await createTestNetwork(1, { metrics: () => a })
    await using second = await createTestNetwork(1, { metrics: () => b, firstBlock: 1_000n })
    await Promise.all([first.waitForHeight(20n), second.waitForHeight(1_005n)])
    await Promise.all([first.at(0).stop(), second.at(0).stop()])
    for (const [metrics, network, base] of [
      [a, first, 0],
      [b, second, 1_000],
    ] as const) {
      const height = Number(chainOf(network.at(0)).height)
      expect(valueOf(metrics, 'zkstack_committed_height')).toBe(height)
      expect(valueOf(metrics, 'zkstack_block_height')).toBe(height)
      expect(valueOf(metrics, 'zkstack_commits_total')).toBe(height - base + 1)
      expect(valueOf(metrics, 'zkstack_finality_seconds_count')).toBeGreaterThan(height - base - 2)
      expect(metrics.openMetrics()).toMatch(
        /zkstack_execution_calls_total\{method="propose",outcome="done"\} \d+/,
      )
    }
  })

  it('peers are counted', async () => {
    const metrics = [new MemoryMetrics(), new MemoryMetrics()]
    await using network = await createTestNetwork(2, {
      metrics: (i) => metrics[i] ?? new MemoryMetrics(),
    })
    await network.waitForHeight(2n)
    expect(metrics.map((m) => valueOf(m, 'zkstack_peers'))).toEqual([1, 1])
    await network.at(1).stop()
    await expect.poll(() => valueOf(metrics[0] ?? new MemoryMetrics(), 'zkstack_peers')).toBe(0)
  })
})
