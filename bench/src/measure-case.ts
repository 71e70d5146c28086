import type { BenchCase } from './bench-case.js'
import { startNetwork } from './bench-network.js'
import type { BenchNetwork } from './bench-network.js'
import { median, quantile } from './quantile.js'

/** What a case came to. */
export interface CaseResult {
  readonly case: BenchCase
  /** Median over ten equal slices of the measured time. */
  readonly blocksPerSecond: number
  readonly mibPerSecond: number
  /** From the leader's payload to finality, over all validators and blocks, in milliseconds. */
  readonly latencyP50Ms: number
  readonly latencyP95Ms: number
  readonly blocks: number
  readonly seconds: number
  /** Views that ran out while measuring; a figure with any is suspect. */
  readonly timeouts: number
}

const slices = 10

/** Runs a case to its end in this process. */
export async function measureCase(c: BenchCase): Promise<CaseResult> {
  const network = await startNetwork(c)
  try {
    const warmUp = Math.max(3, Math.min(30, c.seconds))
    await network.nodes[0]?.waitForBlock(BigInt(warmUp))
    return await observe(network, c)
  } finally {
    await network.stop()
  }
}

async function observe(network: BenchNetwork, c: BenchCase): Promise<CaseResult> {
  const latencies: number[] = []
  const finalAt: number[] = []
  let timeouts = 0
  const ends = network.nodes.flatMap((node, i) => [
    node.on('block:finalized', ({ number }) => {
      const now = performance.now()
      const since = network.proposedAt.get(number)
      if (since !== undefined) latencies.push(now - since)
      if (i === 0) finalAt.push(now)
    }),
    node.on('view:timeout', () => {
      timeouts += 1
    }),
  ])
  const start = performance.now()
  await new Promise((resolve) => setTimeout(resolve, c.seconds * 1_000))
  const seconds = (performance.now() - start) / 1_000
  for (const end of ends) end()
  const rate = median(ratesOf(finalAt, start, seconds))
  return {
    case: c,
    blocksPerSecond: rate,
    mibPerSecond: (rate * c.payloadBytes) / (1 << 20),
    latencyP50Ms: median(latencies),
    latencyP95Ms: quantile(latencies, 0.95),
    blocks: finalAt.length,
    seconds,
    timeouts,
  }
}

/** Blocks per second in each slice; one slice when there are too few blocks for more. */
function ratesOf(finalAt: readonly number[], start: number, seconds: number): number[] {
  const count = finalAt.length < 5 * slices ? 1 : slices
  const length = (seconds * 1_000) / count
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * length
    const inside = finalAt.filter((at) => at >= from && at < from + length)
    return (inside.length * 1_000) / length
  })
}
