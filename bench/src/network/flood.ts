import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { floods, type Flood } from '@zkstack/network/testing'
import { startNetwork, type BenchNetwork } from '../bench-network.js'
import { median, quantile } from '../quantile.js'
import { milliseconds, publish, times } from './figure.js'

// Finality of six validators over TCP while one peer, in a process of its own, floods one of them in each way and in all at once,
// beside the same network undisturbed just before and just after. Argument: seconds of each measurement.
const seconds = Number(process.argv[2] ?? 3)

interface Finality {
  readonly p50: number
  readonly p95: number
  readonly blocks: number
  readonly rssMiB: number
}

/** From the leader's payload to finality, over all validators and blocks. */
async function observe({ nodes, proposedAt }: BenchNetwork): Promise<Finality> {
  const latencies: number[] = []
  const ends = nodes.map((node) =>
    node.on('block:finalized', ({ number }) => {
      const since = proposedAt.get(number)
      if (since !== undefined) latencies.push(performance.now() - since)
    }),
  )
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  for (const end of ends) end()
  return {
    p50: median(latencies),
    p95: quantile(latencies, 0.95),
    blocks: latencies.length / nodes.length,
    rssMiB: process.memoryUsage.rss() / (1 << 20),
  }
}

/** Observes the network while another process floods its first node; also what that process did. */
async function observeFlood(
  network: BenchNetwork,
  ways: readonly Flood[],
): Promise<{ finality: Finality; counts: string }> {
  const [victim] = network.nodes
  const script = new URL('flooder.ts', import.meta.url).pathname
  const args = ['--import', 'tsx', script, toHex(network.firstKey), victim?.addresses[0] ?? '']
  const child = spawn(process.execPath, [...args, ways.join()], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // it would have a machine of its own
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  let out = ''
  const flooding = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
      resolve(undefined)
    })
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await flooding
  await new Promise((resolve) => setTimeout(resolve, 500))
  const finality = await observe(network)
  child.stdin.end()
  await ended
  return { finality, counts: out.trim().split('\n').at(-1) ?? '' }
}

await loadCryptoBackends()
const network = await startNetwork({
  validators: 6,
  transport: 'tcp',
  scheme: 2,
  backend: 'node',
  payloadBytes: 0,
  workers: 0,
  seconds,
})
try {
  await network.nodes[0]?.waitForBlock(100n)
  const cases: (readonly Flood[])[] = [...floods.map((way) => [way]), floods]
  for (const ways of cases) {
    const calm = await observe(network)
    const { finality, counts } = await observeFlood(network, ways)
    const kind = ways.length === 1 ? (ways[0] ?? '') : 'all'
    await publish({
      table: 'flood',
      name: `network::flood/kind=${kind}`,
      cells: {
        kind,
        'undisturbed p50': milliseconds(calm.p50),
        'flooded p50': milliseconds(finality.p50),
        p50: times(finality.p50 / calm.p50),
        'undisturbed p95': milliseconds(calm.p95),
        'flooded p95': milliseconds(finality.p95),
        p95: times(finality.p95 / calm.p95),
        resident: `${finality.rssMiB.toFixed(0)} MiB`,
      },
      values: {
        calmP50Ms: calm.p50,
        calmP95Ms: calm.p95,
        p50Ms: finality.p50,
        p95Ms: finality.p95,
        blocksPerSecond: finality.blocks / seconds,
        rssMiB: finality.rssMiB,
      },
    })
    process.stdout.write(`  ${counts}\n`)
  }
} finally {
  await network.stop()
}
process.exit(0)
