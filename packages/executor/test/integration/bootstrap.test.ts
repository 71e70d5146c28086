import { createServer, type AddressInfo } from 'node:net'
import { formatNodePublicKey } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { createTestNetwork, type TestNetwork } from '../../testing/index.js'

/** An address on which nobody listens now. */
async function freeAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

/** Starts a full node, and validators that know nothing but it. */
async function startFromOne(network: TestNetwork): Promise<void> {
  const seed = network.addFullNode()
  const limits = { network: { redialMinMs: 50, redialMaxMs: 500 } }
  await seed.start({ peers: {}, limits })
  const bootstrap = [`${formatNodePublicKey(seed.key)}@${seed.address ?? ''}`]
  for (const validator of network.nodes.slice(0, 6)) {
    const address = await freeAddress()
    const peers = { bootstrap, maxDynamicInbound: 0, maxDynamicOutbound: 1 }
    await validator.start({ peers, limits, listen: address, publicAddr: address })
  }
}

it('six validators that know one bootstrap peer › find each other by what they announce, and finalize', async () => {
  await using network = await createTestNetwork(6, { transport: 'tcp', start: false })
  await startFromOne(network)
  await network.waitForHeight(10n)
  for (const { node } of network.nodes.slice(0, 6)) {
    const members = node.inspect().peers.filter(({ carrier }) => carrier !== undefined)
    expect(members.length).toBe(5)
    expect(members.every(({ isStatic }) => !isStatic)).toBe(true)
    const known = node.inspect().network
    expect(known.validatorAddresses.length).toBe(6)
    expect(known.knownPeers.length).toBe(known.held.knownPeers)
    expect(known.knownPeers.length).toBeGreaterThan(0)
  }
})

it('a validator moves and restarts › is found at its new address', async () => {
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
    peers: {
      bootstrap: [`${formatNodePublicKey(seed.key)}@${seed.address ?? ''}`],
      maxDynamicInbound: 0,
      maxDynamicOutbound: 1,
    },
    listen: address,
    publicAddr: address,
  })
  const others = network.nodes.slice(1, 6)
  // whoever has dialled it there sees the address; who was dialled by it does not, so it must accept nobody else
  const seesMover = (): boolean =>
    others.some(({ node }) =>
      node.inspect().peers.some(({ address }) => address === mover?.address),
    )
  await expect.poll(seesMover, { timeout: 20_000 }).toBe(true)
  await network.waitForHeight((mover?.node.status.head ?? 0n) + 5n)
})
