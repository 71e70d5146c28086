import { createServer, type AddressInfo } from 'node:net'
import { bytesEqual } from '@zkstack/crypto'
import { libp2pTransport, NetworkError, type NetworkTransport } from '@zkstack/network'
import { formatNodePublicKey, type NodePublicKey } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { createTestNetwork, type TestNetwork, type TestNode } from '../../testing/index.js'

/** An address on which nobody listens now. */
async function freeAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

/** All dial all at once: on a busy machine a hello, and the test, takes its time. */
const patience = { helloTimeoutMs: 60_000, dialTimeoutMs: 60_000 }
const limits = { network: { redialMinMs: 50, redialMaxMs: 500, ...patience } }
const timeout = 180_000

/** Starts a full node, and validators that know nothing but it. */
async function startFromOne(network: TestNetwork): Promise<void> {
  const seed = network.addFullNode()
  await seed.start({ peers: {}, limits })
  const bootstrap = [`${formatNodePublicKey(seed.key)}@${seed.address ?? ''}`]
  for (const validator of network.nodes.slice(0, 6)) {
    const address = await freeAddress()
    const peers = { bootstrap, maxDynamicInbound: 0, maxDynamicOutbound: 1 }
    await validator.start({ peers, limits, listen: address, publicAddr: address })
  }
}

/** Over TCP, and so that all others must come by themselves. */
function diallingOnly(key: NodePublicKey): NetworkTransport {
  const inner = libp2pTransport()
  return {
    start: (o) => inner.start(o),
    dial: (address, expected, o) =>
      bytesEqual(expected, key)
        ? inner.dial(address, expected, o)
        : Promise.reject(new NetworkError('NETWORK_DIAL_FAILED', 'the test forbids it')),
    stop: () => inner.stop(),
  }
}

it(
  'six validators that know one bootstrap peer › find each other by what they announce, and finalize',
  { timeout },
  async () => {
    await using network = await createTestNetwork(6, { transport: 'tcp', start: false })
    await startFromOne(network)
    await network.waitForHeight(10n)
    for (const { node } of network.nodes.slice(0, 6)) {
      const members = (): readonly { readonly isStatic: boolean }[] =>
        node.inspect().peers.filter(({ carrier }) => carrier !== undefined)
      // a quorum finalizes without the sixth
      await expect.poll(() => members().length).toBe(5)
      expect(members().every(({ isStatic }) => !isStatic)).toBe(true)
      await expect.poll(() => node.inspect().network.validatorAddresses.length).toBe(6)
      await expect.poll(() => node.inspect().network.knownPeers.length).toBeGreaterThan(0)
      const { knownPeers, held } = node.inspect().network
      expect(knownPeers.length).toBe(held.knownPeers)
    }
  },
)

it('a validator moves and restarts › is found at its new address', { timeout }, async () => {
  await using network = await createTestNetwork(6, {
    transport: 'tcp',
    start: false,
    store: 'level',
  })
  await startFromOne(network)
  await network.waitForHeight(5n)
  const [mover] = network.nodes
  const seed = network.at(6)
  await mover?.stop({ drainMs: 0 })
  const address = await freeAddress()
  await mover?.start({
    transport: diallingOnly(seed.key),
    limits,
    peers: {
      bootstrap: [`${formatNodePublicKey(seed.key)}@${seed.address ?? ''}`],
      maxDynamicInbound: 0,
      maxDynamicOutbound: 1,
    },
    listen: address,
    publicAddr: address,
  })
  const others = network.nodes.slice(1, 6)
  const seesMover = ({ node }: TestNode): boolean =>
    node.inspect().peers.some(({ address }) => address === mover?.address)
  await expect.poll(() => others.every(seesMover)).toBe(true)
  await network.waitForHeight((mover?.node.status.head ?? 0n) + 5n)
})
