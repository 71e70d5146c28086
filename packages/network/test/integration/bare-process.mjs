// Two nodes in a process without loader, test framework or polyfill of its own; it must end by itself.
import {
  BlockQueue,
  createGenesis,
  createNetwork,
  Ctx,
  generateNodeKey,
  libp2pTransport,
  memoryStore,
  networkLimits,
  ok,
  realClock,
  systemRandom,
} from './bundle.mjs'

const hadIt = 'withResolvers' in Promise
process.on('warning', ({ name, message }) => process.stdout.write(`warning ${name}: ${message}\n`))
const { value: genesis } = createGenesis({
  chainId: 1n,
  forkNumber: 0n,
  firstBlock: 0n,
  signatureScheme: 2,
})

async function start(outbound) {
  const store = memoryStore()
  const nodeKey = generateNodeKey(systemRandom)
  let connected
  const untilConnected = new Promise((resolve) => (connected = resolve))
  const network = await createNetwork({
    genesis,
    scope: () => undefined,
    nodeKey,
    transport: libp2pTransport(),
    listen: '127.0.0.1:0',
    peers: { outbound },
    blocks: new BlockQueue(store, { capacity: 1 }),
    store,
    limits: networkLimits({ genesis }),
    clock: realClock,
    random: systemRandom,
    verifyBlock: () => Promise.resolve(ok(undefined)),
    onConsensusMessage: () => Promise.resolve(),
    onEvent: (e) => e.type === 'peerConnected' && connected(),
  })
  const running = network.run(Ctx.root())
  return {
    network,
    running,
    untilConnected,
    asStaticPeer: { key: nodeKey.publicKey, addr: network.addresses[0] },
  }
}

const a = await start([])
const b = await start([a.asStaticPeer])
await Promise.all([a.untilConnected, b.untilConnected])
await b.network.stop()
await a.network.stop()
await Promise.all([a.running, b.running])
process.stdout.write(`connected and stopped, polyfill ${hadIt ? 'not needed' : 'installed'}\n`)
