import { Ctx, realClock, systemRandom } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, signatureScheme } from '@zkstack/crypto'
import {
  createNetwork,
  libp2pTransport,
  networkLimits,
  type Network,
  type StaticPeer,
} from '@zkstack/network'
import { encodeSigned, generateNodeKey, type Signed } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import { median } from '../quantile.js'
import { milliseconds, publish, times } from './figure.js'
import { libp2pLines, tcpLines, type OnBytes, type PlainLines } from './plain-lines.js'

// Votes of one validator: how many a second pass one connection, and how long one takes until all of 6 and 20 peers have it; beside
// frames of their size over libp2p without our layer, and over raw TCP. All in one process, on one thread; nothing looks at
// signatures. A vote that a newer one overtakes does not leave any more, so each is sent when all have the one before.

const rounds = 10
const votesPerRound = 200
/** A node sends votes for months: what counts is code that is compiled. With it, fewer than a connection may send at once. */
const warmUp = 1_000

/** Tells when so much has arrived. */
class Arrivals {
  #left = 0
  #done: () => void = () => undefined

  of(amount: number): Promise<void> {
    this.#left = amount
    return new Promise((resolve) => (this.#done = resolve))
  }

  add(amount: number): void {
    this.#left -= amount
    if (this.#left === 0) this.#done()
  }
}

await loadCryptoBackends()
const scheme = signatureScheme(2)
if (!scheme) throw new TypeError('there is no Ed25519')
// The largest fan-out makes the committee: votes go to members only.
const committee = testCommittee(21, { scheme })
const { scope, genesis } = committee
const votes = Array.from({ length: rounds * votesPerRound + warmUp }, (_, i): Signed => {
  const value = committee.commit(BigInt(i + 1), BigInt(i + 1))
  return committee.sign(0, { type: 'replicaCommit', value })
})
/** Equal for all votes, so that frames can stand for them. */
const voteBytes = encodeSigned(votes.at(-1) ?? fail()).length

function fail(): never {
  throw new TypeError('there are no votes')
}

/** Sends one vote to everybody; resolves when all have it. */
type Send = (i: number) => Promise<void>

interface Times {
  readonly perSecond: number
  readonly ms: number
}

async function measure(send: Send): Promise<Times> {
  for (let i = 0; i < warmUp; i++) await send(i)
  const ms: number[] = []
  for (let round = 0, i = warmUp; round < rounds; round++) {
    const startedAt = performance.now()
    for (const end = i + votesPerRound; i < end; i++) await send(i)
    ms.push((performance.now() - startedAt) / votesPerRound)
  }
  return { perSecond: 1_000 / median(ms), ms: median(ms) }
}

async function throughNetworks(receivers: number): Promise<Times> {
  const arrivals = new Arrivals()
  const connected = new Arrivals()
  const allConnected = connected.of(2 * receivers)
  const running: Promise<void>[] = []
  const start = async (validator: number, outbound: StaticPeer[]) => {
    const store = memoryStore()
    const nodeKey = generateNodeKey(systemRandom)
    const key = committee.key(validator)
    const network = await createNetwork({
      genesis,
      scope: () => scope,
      nodeKey,
      validator: { publicKey: key.publicKey, sign: (hash) => Promise.resolve(key.sign(hash)) },
      transport: libp2pTransport(),
      listen: '127.0.0.1:0',
      peers: { outbound, maxDynamicInbound: 1 },
      blocks: new BlockQueue(store, { capacity: 10 }),
      store,
      // what the layer can do, not what it allows a peer
      limits: networkLimits({ genesis, consensusRate: { burst: 100_000, refreshMs: 0.001 } }),
      clock: realClock,
      random: systemRandom,
      verifyBlock: () => Promise.resolve(ok(undefined)),
      onConsensusMessage: () => {
        arrivals.add(1)
        return Promise.resolve()
      },
      onEvent: (e) => {
        if (e.type === 'peerConnected') connected.add(1)
      },
    })
    running.push(network.run(Ctx.root()))
    return { network, peer: { key: nodeKey.publicKey, addr: network.addresses[0] ?? '' } }
  }
  const networks: Network[] = []
  const peers: StaticPeer[] = []
  for (let i = 0; i < receivers; i++) {
    const { network, peer } = await start(i + 1, [])
    networks.push(network)
    peers.push(peer)
  }
  const { network: sender } = await start(0, peers)
  await allConnected
  const measured = await measure(async (i) => {
    const all = arrivals.of(receivers)
    sender.broadcast(votes[i] ?? fail())
    await all
  })
  await Promise.all([sender, ...networks].map((network) => network.stop()))
  await Promise.all(running)
  return measured
}

async function throughLines(
  receivers: number,
  open: (receivers: number, onBytes: OnBytes) => Promise<PlainLines>,
): Promise<Times> {
  const arrivals = new Arrivals()
  const lines = await open(receivers, (bytes) => {
    arrivals.add(bytes)
  })
  const frame = systemRandom.bytes(voteBytes)
  const measured = await measure(async () => {
    const all = arrivals.of(receivers * voteBytes)
    await lines.send(frame)
    await all
  })
  await lines.close()
  return measured
}

// whatever comes first in a process is slow
await throughNetworks(1)
await throughLines(1, libp2pLines)
for (const receivers of [1, 6, 20]) {
  const ours = await throughNetworks(receivers)
  const libp2p = await throughLines(receivers, libp2pLines)
  const tcp = await throughLines(receivers, tcpLines)
  const text = (t: Times): string =>
    receivers === 1 ? `${t.perSecond.toFixed(0)} votes/s` : `${milliseconds(t.ms)} to all`
  await publish({
    table: 'votes',
    name: `network::votes/peers=${receivers} bytes=${voteBytes}`,
    cells: {
      peers: String(receivers),
      ours: text(ours),
      libp2p: text(libp2p),
      'raw TCP': text(tcp),
      'beside libp2p': times(ours.ms / libp2p.ms),
    },
    values: { oursMs: ours.ms, libp2pMs: libp2p.ms, tcpMs: tcp.ms },
  })
}
