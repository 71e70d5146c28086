import { Ctx, realClock, systemRandom } from '@zkstack/concurrency'
import { loadCryptoBackends, ok } from '@zkstack/crypto'
import { createNetwork, libp2pTransport, networkLimits, type StaticPeer } from '@zkstack/network'
import { encodeBlock, generateNodeKey, type FinalBlock } from '@zkstack/roles'
import type { TestCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore, type NodeStore } from '@zkstack/storage'
import { median } from '../quantile.js'
import { percent, publish } from './figure.js'
import { libp2pLines, tcpLines, type OnBytes, type PlainLines } from './plain-lines.js'
import { chainOf, committeeOf } from './sync-chain.js'

// Blocks per second from one node to another through the sync of our layer, taken unverified and kept in memory, beside as many bytes
// in frames of the size of its answers over libp2p without our layer and over raw TCP. All in one process, on one thread.

const sizes = [
  { payloadBytes: 1_000, blocks: 10_000 },
  { payloadBytes: 16_000, blocks: 5_000 },
  { payloadBytes: 64_000, blocks: 1_500 },
]
const rounds = 3

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1_000
}

/** Seconds from the moment in which two nodes are connected until the second one has all blocks of the first. */
async function throughNetworks(from: NodeStore, committee: TestCommittee): Promise<number> {
  const { genesis, scope } = committee
  const root = Ctx.root()
  const start = async (store: NodeStore, outbound: StaticPeer[]) => {
    const nodeKey = generateNodeKey(systemRandom)
    const blocks = new BlockQueue(store, { capacity: 1_000 })
    let onConnected: () => void = () => undefined
    const connected = new Promise<void>((resolve) => (onConnected = resolve))
    const network = await createNetwork({
      genesis,
      scope: () => scope,
      nodeKey,
      transport: libp2pTransport(),
      listen: '127.0.0.1:0',
      peers: { outbound },
      blocks,
      store,
      // what the layer can do, not what it allows a peer
      limits: networkLimits({
        genesis,
        blockRequestRate: { burst: 100_000, refreshMs: 0.001 },
        blockKibRate: { burst: 10_000_000, refreshMs: 0.001 },
      }),
      clock: realClock,
      random: systemRandom,
      verifyBlock: () => Promise.resolve(ok(undefined)),
      onConsensusMessage: () => Promise.resolve(),
      onEvent: (e) => {
        if (e.type === 'peerConnected') onConnected()
      },
    })
    const running = network.run(root)
    const peer = { key: nodeKey.publicKey, addr: network.addresses[0] ?? '' }
    return { network, running, blocks, peer, connected }
  }
  const server = await start(from, [])
  const client = await start(memoryStore(), [server.peer])
  await client.connected
  const last = from.range().next - 1n
  const seconds = await secondsOf(() => client.blocks.waitUntilPersisted(last))
  for (const { network, running } of [client, server]) {
    await network.stop()
    await running
  }
  return seconds
}

async function throughLines(
  open: (receivers: number, onBytes: OnBytes) => Promise<PlainLines>,
  total: number,
): Promise<number> {
  let left = 0
  let onAll: () => void = () => undefined
  const lines = await open(1, (bytes) => {
    left -= bytes
    if (left <= 0) onAll()
  })
  const frame = systemRandom.bytes(512 * 1024)
  const seconds: number[] = []
  for (let round = 0; round <= rounds; round++) {
    left = total
    const all = new Promise<void>((resolve) => (onAll = resolve))
    const took = await secondsOf(async () => {
      for (let sent = 0; sent < total; sent += frame.length)
        await lines.send(frame.subarray(0, total - sent))
      await all
    })
    seconds.push(took)
  }
  await lines.close()
  return median(seconds.slice(1))
}

async function storeOf(blocks: Iterable<FinalBlock>): Promise<{ store: NodeStore; bytes: number }> {
  const store = memoryStore()
  let bytes = 0
  for (const block of blocks) {
    await store.append(block)
    bytes += encodeBlock(block).length
  }
  return { store, bytes }
}

await loadCryptoBackends()
for (const size of sizes) {
  const wanted = { ...size, validators: 4, scheme: 2, backend: 'node' } as const
  const committee = await committeeOf(wanted)
  const { store, bytes } = await storeOf(chainOf(wanted, committee))
  const ours: number[] = []
  // what comes first in a process is slow
  for (let round = 0; round <= rounds; round++) ours.push(await throughNetworks(store, committee))
  const [own, libp2p, tcp] = [
    median(ours.slice(1)),
    await throughLines(libp2pLines, bytes),
    await throughLines(tcpLines, bytes),
  ].map((seconds) => size.blocks / seconds) as [number, number, number]
  const text = (perSecond: number): string => `${perSecond.toFixed(0)} blocks/s`
  await publish({
    table: 'blocks',
    name: `network::blocks/payload=${size.payloadBytes} blocks=${size.blocks}`,
    cells: {
      payload: `${size.payloadBytes / 1_000} kB`,
      sync: text(own),
      libp2p: text(libp2p),
      'raw TCP': text(tcp),
      'of libp2p': percent(own / libp2p),
    },
    values: { syncPerSecond: own, libp2pPerSecond: libp2p, tcpPerSecond: tcp },
  })
}
