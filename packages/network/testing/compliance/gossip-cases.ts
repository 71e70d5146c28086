import { seededRandom, silentMetrics, type MetricsSink, type Random } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkSame, pause, type ComplianceCase } from './case.js'

const size = 20

/** Transactions in a sparse network: they reach everybody, at a known price. */
export function gossipCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'gossip › twenty peers with about four neighbours each › every transaction reaches every mempool once, and crosses no connection more often than it must':
      reachesAll,
    'gossip › one of twenty peers dies meanwhile › every transaction reaches all others':
      survivesLoss,
  })
}

interface Sparse {
  readonly peers: readonly TestPeer[]
  readonly connections: number
  /** Transactions that peers have sent each other so far. */
  received(): number
  readonly random: Random
}

/**
 * Each peer dials two random ones of those before it: the mean degree is four, and the loss of any one of them but the first
 * two leaves the rest connected.
 */
async function sparseNetwork(bed: TestBed, seed: string): Promise<Sparse> {
  const random = seededRandom(seed)
  const peers: TestPeer[] = []
  const degrees: number[] = []
  let received = 0
  const metrics: MetricsSink = {
    ...silentMetrics,
    counter: (name) => ({
      inc: (n = 1) => {
        if (name === 'zkstack_network_transactions_received_total') received += n
      },
    }),
  }
  for (let i = 0; i < size; i++) {
    const dialled = pickTwo(random, i)
    const outbound = dialled.flatMap((j) => peers[j]?.asStaticPeer ?? [])
    peers.push(await bed.peer({ peers: { outbound }, override: { metrics } }))
    degrees[i] = dialled.length
    for (const j of dialled) degrees[j] = (degrees[j] ?? 0) + 1
  }
  for (const [i, peer] of peers.entries()) {
    await peer.until('neighbours', () => peer.network.peers().length === degrees[i])
  }
  const connections = degrees.reduce((a, b) => a + b) / 2
  return { peers, connections, random, received: () => received }
}

function pickTwo(random: Random, below: number): number[] {
  const picked = new Set<number>()
  while (picked.size < Math.min(2, below)) picked.add(Math.floor(random.float() * below))
  return [...picked]
}

/** Submits transactions to random peers, and waits until every peer has been asked about all the others. */
async function floodsAll(
  peers: readonly TestPeer[],
  random: Random,
  each: (i: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly txs: number }> {
  const txs = 100
  const own = new Map<TestPeer, number>()
  for (let i = 0; i < txs; i++) {
    await each(i)
    const origin = peers[Math.floor(random.float() * peers.length)]
    if (!origin) throw new TypeError('no peer')
    own.set(origin, (own.get(origin) ?? 0) + 1)
    origin.network.gossipTransaction(random.bytes(20 + Math.floor(random.float() * 200)))
  }
  const wantedBy = (peer: TestPeer): number => txs - (own.get(peer) ?? 0)
  for (const peer of peers) {
    await peer.until('all', () => peer.transactions.length >= wantedBy(peer))
  }
  await pause(100)
  for (const peer of peers) {
    checkSame(peer.transactions.length, wantedBy(peer), 'questions')
    checkSame(new Set(peer.transactions.map(toHex)).size, wantedBy(peer), 'different ones')
  }
  return { txs }
}

async function reachesAll(bed: TestBed): Promise<void> {
  const { peers, connections, random, received } = await sparseNetwork(bed, 'reaches all')
  const { txs } = await floodsAll(peers, random)
  // one may cross a connection in both directions, when both ends have it from others; it never goes back to whom a peer
  // has it from: twice the connections, less one for each peer but the origin
  const most = txs * (2 * connections - (size - 1))
  check(received() <= most, `${received()} transmissions, ${most} at most are due`)
  check(received() >= txs * (size - 1), `${received()} transmissions`)
}

async function survivesLoss(bed: TestBed): Promise<void> {
  const { peers, random } = await sparseNetwork(bed, 'survives loss')
  const lost = 2 + Math.floor(random.float() * (size - 2))
  const others = peers.filter((_, i) => i !== lost)
  await floodsAll(others, random, async (i) => {
    if (i === 50) await peers[lost]?.stop()
  })
}
