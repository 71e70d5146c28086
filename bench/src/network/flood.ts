import { spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { floods, type Flood } from '@zkstack/network/testing'
import { startNetwork, type BenchNetwork } from '../bench-network.js'
import { median, quantile } from '../quantile.js'
import { milliseconds, publish, times } from './figure.js'

// Finality of six validators over TCP while one peer, in a process of its own, floods one of them in each way and in all at once,
// beside the same network undisturbed just before and just after. Argument: seconds of each measurement.
const seconds = Number(process.argv[2] ?? 2.5)

interface Observation {
  /** From the leader's payload to finality, in milliseconds, over all validators and blocks. */
  readonly latencies: readonly number[]
  readonly blocks: number
  /** Time that the processors spent on the validators, in milliseconds. */
  readonly cpuMs: number
}

async function observe({ nodes, proposedAt }: BenchNetwork): Promise<Observation> {
  const latencies: number[] = []
  const ends = nodes.map((node) =>
    node.on('block:finalized', ({ number }) => {
      const since = proposedAt.get(number)
      if (since !== undefined) latencies.push(performance.now() - since)
    }),
  )
  const cpuBefore = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  const { user, system } = process.cpuUsage(cpuBefore)
  for (const end of ends) end()
  return { latencies, blocks: latencies.length / nodes.length, cpuMs: (user + system) / 1_000 }
}

function summaryOf(observations: readonly Observation[]) {
  const latencies = observations.flatMap((one) => one.latencies)
  const sum = (value: (one: Observation) => number): number =>
    observations.reduce((total, one) => total + value(one), 0)
  return {
    p50: median(latencies),
    p95: quantile(latencies, 0.95),
    cpuMsPerBlock: sum((one) => one.cpuMs) / sum((one) => one.blocks),
  }
}

/** Observes the network while another process floods its first node; also what that process did. */
async function observeFlood(
  network: BenchNetwork,
  ways: readonly Flood[],
): Promise<{ observation: Observation; counts: string }> {
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
  const observation = await observe(network)
  child.stdin.end()
  await ended
  return { observation, counts: out.trim().split('\n').at(-1) ?? '' }
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
  let before = await observe(network)
  for (const ways of cases) {
    const { observation, counts } = await observeFlood(network, ways)
    const rssMiB = process.memoryUsage.rss() / (1 << 20)
    const after = await observe(network)
    const calm = summaryOf([before, after])
    const flooded = summaryOf([observation])
    before = after
    const kind = ways.length === 1 ? (ways[0] ?? '') : 'all'
    await publish({
      table: 'flood',
      name: `network::flood/kind=${kind}`,
      cells: {
        kind,
        'undisturbed p50': milliseconds(calm.p50),
        'flooded p50': milliseconds(flooded.p50),
        p50: times(flooded.p50 / calm.p50),
        'undisturbed p95': milliseconds(calm.p95),
        'flooded p95': milliseconds(flooded.p95),
        p95: times(flooded.p95 / calm.p95),
        'CPU per block': times(flooded.cpuMsPerBlock / calm.cpuMsPerBlock),
        resident: `${rssMiB.toFixed(0)} MiB`,
      },
      values: {
        calmP50Ms: calm.p50,
        calmP95Ms: calm.p95,
        calmCpuMsPerBlock: calm.cpuMsPerBlock,
        p50Ms: flooded.p50,
        p95Ms: flooded.p95,
        cpuMsPerBlock: flooded.cpuMsPerBlock,
        blocksPerSecond: observation.blocks / seconds,
        rssMiB,
      },
    })
    process.stdout.write(`  ${counts}\n`)
  }
} finally {
  await network.stop()
}
process.exit(0)
