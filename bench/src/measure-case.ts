import type { BenchCase } from './bench-case.js'
import { startNetwork } from './bench-network.js'
import type { BenchNetwork } from './bench-network.js'
import { meanCosts, measureCosts } from './case-costs.js'
import type { CaseCosts } from './case-costs.js'
import { median, quantile } from './quantile.js'

/** What a case came to. */
export interface CaseResult {
  readonly case: BenchCase
  /** Median over ten runs of equally many blocks. */
  readonly blocksPerSecond: number
  readonly mibPerSecond: number
  /** From the leader's payload to finality, over all validators and blocks, in milliseconds. */
  readonly latencyP50Ms: number
  readonly latencyP95Ms: number
  readonly blocks: number
  readonly seconds: number
  /** Views that ran out while measuring; a figure with any is suspect. */
  readonly timeouts: number
  /** What the floor is made of, measured in the same process just before and just after. */
  readonly costs: CaseCosts
}

const runs = 10

/** Blocks of a run, at least. */
const leastBlocks = 5

/** Blocks after which the code is warm; slow schemes warm up for a part of the measured time instead. */
const warmUpBlocks = 60n
const leastWarmUpBlocks = 3n
const warmUpPart = 0.4

/** Runs a case to its end in this process. */
export async function measureCase(c: BenchCase): Promise<CaseResult> {
  const before = await measureCosts(c)
  const network = await startNetwork(c)
  let finality: Omit<CaseResult, 'costs'>
  try {
    await warmUp(network, c.seconds * 1_000 * warmUpPart)
    finality = await observe(network, c)
  } finally {
    await network.stop()
  }
  return { ...finality, costs: meanCosts(before, await measureCosts(c)) }
}

async function warmUp({ nodes }: BenchNetwork, ms: number): Promise<void> {
  const [first] = nodes
  const timeout = AbortSignal.timeout(ms)
  try {
    await first?.waitForBlock(warmUpBlocks, { signal: timeout })
  } catch (e) {
    if (!timeout.aborted) throw e
    await first?.waitForBlock(leastWarmUpBlocks)
  }
}

async function observe(network: BenchNetwork, c: BenchCase): Promise<Omit<CaseResult, 'costs'>> {
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
  const rate = finalAt.length > 1 ? median(ratesOf(finalAt)) : finalAt.length / seconds
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

/** Blocks per second over one block after another in runs of equal length; over all of them when there are few. */
function ratesOf(finalAt: readonly number[]): number[] {
  const inRun = Math.floor((finalAt.length - 1) / runs)
  const length = inRun < leastBlocks ? Math.max(1, finalAt.length - 1) : inRun
  return finalAt.flatMap((to, i) => {
    const from = finalAt[i - length]
    return from !== undefined && i % length === 0 ? [(length * 1_000) / (to - from)] : []
  })
}
