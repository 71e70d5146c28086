import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { floods, type Flood } from '@zkstack/network/testing'
import { startNetwork, type BenchNetwork } from '../bench-network.js'
import { median, quantile } from '../quantile.js'

// Finality of six validators over TCP while one peer, in a process of its own, floods one of them in each way and in all at once,
// beside the same network undisturbed just before and just after. Argument: seconds of each measurement.
const seconds = Number(process.argv[2] ?? 6)

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
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const finality = await observe(network)
  child.stdin.end()
  await ended
  return { finality, counts: out.trim().split('\n').at(-1) ?? '' }
}

function lineOf(name: string, { p50, p95, blocks, rssMiB }: Finality, calm?: Finality): string {
  const ratio = calm ? `  ×${(p50 / calm.p50).toFixed(2)}` : ''
  const rate = (blocks / seconds).toFixed(1)
  return `network::flood/${name}: p50 ${p50.toFixed(1)} ms${ratio}, p95 ${p95.toFixed(1)} ms, ${rate} blocks/s, ${rssMiB.toFixed(0)} MiB resident`
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
    const name = ways.length === 1 ? `kind=${ways[0] ?? ''}` : 'kind=all'
    process.stdout.write(
      `${lineOf('kind=none', calm)}\n${lineOf(name, finality, calm)}\n  ${counts}\n`,
    )
  }
} finally {
  await network.stop()
}
process.exit(0)
