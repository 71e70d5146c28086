import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Ctx, realClock, systemRandom } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, signatureScheme } from '@zkstack/crypto'
import {
  createNetwork,
  libp2pTransport,
  networkLimits,
  type FrameStream,
  type StaticPeer,
} from '@zkstack/network'
import { generateNodeKey } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import { median } from '../quantile.js'
import { percent, publish } from './figure.js'

// Transactions per second from one node to another through one connection, each new and each offered to a mempool that accepts
// it, beside frames of as many of them over libp2p without our layer and over raw TCP. All in one process, on one thread.

const bytes = 250
const count = 50_000
const perFrame = 250
const rounds = 5

function transactions(): Uint8Array[] {
  return Array.from({ length: count }, () => systemRandom.bytes(bytes))
}

function frames(): Uint8Array[] {
  return Array.from({ length: count / perFrame }, () => systemRandom.bytes(bytes * perFrame))
}

async function rate(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (count * 1_000) / (performance.now() - startedAt)
}

/** A counter that somebody waits for. */
class Arrivals {
  #left = 0
  #done: () => void = () => undefined

  /** Resolves when so much has arrived. */
  of(amount: number): Promise<void> {
    this.#left = amount
    return new Promise((resolve) => (this.#done = resolve))
  }

  add(amount: number): void {
    this.#left -= amount
    if (this.#left <= 0) this.#done()
  }
}

async function measureGossip(): Promise<number[]> {
  const scheme = signatureScheme(2)
  if (!scheme) throw new TypeError('there is no Ed25519')
  const { genesis, scope } = testCommittee(6, { scheme })
  const arrivals = new Arrivals()
  const connected = new Arrivals()
  const bothConnected = connected.of(2)
  const start = async (outbound: StaticPeer[]) => {
    const store = memoryStore()
    const nodeKey = generateNodeKey(systemRandom)
    const network = await createNetwork({
      genesis,
      scope: () => scope,
      nodeKey,
      transport: libp2pTransport(),
      listen: '127.0.0.1:0',
      peers: { outbound },
      blocks: new BlockQueue(store, { capacity: 10 }),
      store,
      // what the layer can do, not what it allows a peer
      limits: networkLimits({
        genesis,
        transactionRate: { burst: count, refreshMs: 0 },
        transactionKibRate: { burst: count, refreshMs: 0 },
        transactionQueue: count,
        transactionQueueBytes: 2 * count * bytes,
      }),
      clock: realClock,
      random: systemRandom,
      verifyBlock: () => Promise.resolve(ok(undefined)),
      onConsensusMessage: () => Promise.resolve(),
      onTransaction: () => {
        arrivals.add(1)
        return Promise.resolve('accepted')
      },
      onEvent: (e) => {
        if (e.type === 'peerConnected') connected.add(1)
      },
    })
    const running = network.run(Ctx.root())
    return { network, running, peer: { key: nodeKey.publicKey, addr: network.addresses[0] ?? '' } }
  }
  const to = await start([])
  const from = await start([to.peer])
  await bothConnected
  const rates: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const txs = transactions()
    const all = arrivals.of(count)
    rates.push(
      await rate(async () => {
        for (const tx of txs) from.network.gossipTransaction(tx)
        await all
      }),
    )
  }
  await from.network.stop()
  await to.network.stop()
  await Promise.all([from.running, to.running])
  return rates.slice(1)
}

async function measureLibp2p(): Promise<number[]> {
  const protocol = '/bench/1'
  const arrivals = new Arrivals()
  const to = libp2pTransport()
  const key = generateNodeKey(systemRandom)
  const { addresses } = await to.start({
    identity: key,
    listen: ['127.0.0.1:0'],
    protocols: [protocol],
    onConnection: (connection) => {
      connection.onStream(protocol, 2 ** 20, (stream) => receive(stream, arrivals))
    },
  })
  const from = libp2pTransport()
  await from.start({
    identity: generateNodeKey(systemRandom),
    listen: [],
    protocols: [protocol],
    onConnection: () => undefined,
  })
  const { signal } = new AbortController()
  const connection = await from.dial(addresses[0] ?? '', key.publicKey, { signal })
  const stream = await connection.openStream(protocol, { signal, maxFrameBytes: 0 })
  const rates: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const all = arrivals.of(count * bytes)
    const sent = frames()
    rates.push(
      await rate(async () => {
        for (const frame of sent) await stream.send(frame)
        await all
      }),
    )
  }
  await from.stop()
  await to.stop()
  return rates.slice(1)
}

async function receive(stream: FrameStream, arrivals: Arrivals): Promise<void> {
  for (let frame = await stream.receive(); frame; frame = await stream.receive()) {
    arrivals.add(frame.length)
  }
}

async function measureTcp(): Promise<number[]> {
  const arrivals = new Arrivals()
  const server = createServer((socket) => {
    socket.on('data', (chunk) => arrivals.add(chunk.length))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const socket = await new Promise<Socket>((resolve) => {
    const opened = connect(port, '127.0.0.1', () => resolve(opened))
  })
  const rates: number[] = []
  for (let i = 0; i <= rounds; i++) {
    const all = arrivals.of(count * bytes)
    const sent = frames()
    rates.push(
      await rate(async () => {
        for (const frame of sent) {
          if (!socket.write(frame)) await new Promise((resolve) => socket.once('drain', resolve))
        }
        await all
      }),
    )
  }
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
  return rates.slice(1)
}

await loadCryptoBackends()
const [gossip, libp2p, tcp] = [
  median(await measureGossip()),
  median(await measureLibp2p()),
  median(await measureTcp()),
]
const text = (perSecond: number): string => `${(perSecond / 1_000).toFixed(1)}k tx/s`
await publish({
  table: 'transactions',
  name: `network::transactions/bytes=${bytes}`,
  cells: {
    gossip: text(gossip),
    libp2p: text(libp2p),
    'raw TCP': text(tcp),
    'of libp2p': percent(gossip / libp2p),
  },
  values: { gossipPerSecond: gossip, libp2pPerSecond: libp2p, tcpPerSecond: tcp },
})
