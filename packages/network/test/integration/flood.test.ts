import { connect, type Socket } from 'node:net'
import { MemoryMetrics, systemRandom } from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { encodeSigned, generateNodeKey, type Signed } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { decodeGetBlocksResponse, encodeGetBlocksRequest } from '../../src/codec.js'
import { parseHostPort } from '../../src/host-port.js'
import { protocols } from '../../src/protocols.js'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { Flooder, floods } from '../../testing/flooder.js'
import { RawPeer } from '../../testing/raw-peer.js'
import { TestPeer, type TestPeerOptions } from '../../testing/test-peer.js'

const committee = testCommittee(6)
const strangers = testCommittee(6, { seed: 'strangers' })

function start(o: Partial<TestPeerOptions> = {}): Promise<TestPeer> {
  return TestPeer.start({ committee, transport: libp2pTransport(), ...o })
}

function vote(view: bigint, by = committee): Signed {
  return by.sign(1, { type: 'replicaCommit', value: by.commit(view, view) })
}

/** A peer and a validator that talk while it is flooded: the votes that get through. */
async function talk(victim: TestPeer, count: number): Promise<void> {
  await using speaker = await start({ validator: 1, peers: { outbound: [victim.asStaticPeer] } })
  await speaker.connectedTo(victim)
  for (let view = 1n; view <= BigInt(count); view++) {
    const { length } = victim.messages
    speaker.network.broadcast(vote(view))
    await victim.until('a vote', () => victim.messages.length > length)
  }
}

const options = { genesis: committee.genesis, votes: [vote(1n, strangers)] }

test.each(floods.map((way) => [way]))(
  'flood of %s › the votes of members get through, and nothing else reaches consensus',
  { timeout: 60_000 },
  async (way) => {
    await using victim = await start({ validator: 0 })
    await using flooder = new Flooder({ ...options, target: victim.asStaticPeer })
    flooder.start([way])
    await expect.poll(() => flooder.counts.connections + flooder.counts.refused).toBeGreaterThan(0)
    await talk(victim, 50)
    expect(victim.failure).toBeUndefined()
    // of two keys, however much they send
    const { held } = victim.network.inspect()
    expect(held.hellos).toBeLessThanOrEqual(2)
    expect(Math.max(held.budgets, held.faults, held.knownPeers)).toBeLessThanOrEqual(2)
    expect(held.seenTransactions).toBeLessThanOrEqual(1)
    expect(held.queuedTransactions).toBeLessThanOrEqual(1)
    expect(victim.messages.length).toBe(50)
    const honest = committee.keys[1]?.publicKey ?? new Uint8Array()
    expect(victim.messages.every(({ carrier }) => carrier && bytesEqual(carrier, honest))).toBe(
      true,
    )
  },
)

test('flood › of a member who carries what strangers have signed › is slowed down to its rate', async () => {
  const limits = { consensusRate: { burst: 20, refreshMs: 3_600_000 } }
  await using victim = await start({ validator: 0, limits })
  const validator = committee.keys[2]
  if (!validator) throw new TypeError('a validator')
  const signer = {
    publicKey: validator.publicKey,
    sign: (hash: Uint8Array) => Promise.resolve(validator.sign(hash)),
  }
  await using flooder = new Flooder({ ...options, target: victim.asStaticPeer, validator: signer })
  flooder.start(['votes'])
  await victim.until('its burst', () => victim.messages.length >= 20)
  await talk(victim, 5)
  // what came after the burst still waits: in the sender's own window, not in our memory
  expect(victim.messages.length).toBeLessThanOrEqual(20 + 5 + 1)
})

test('flood › the budget of a member › is not filled up by a reconnection', async () => {
  const limits = { consensusRate: { burst: 20, refreshMs: 3_600_000 } }
  await using victim = await start({ validator: 0, limits })
  const nodeKey = generateNodeKey(systemRandom)
  for (let round = 0; round < 3; round++) {
    await using raw = await RawPeer.start(libp2pTransport(), nodeKey)
    const key = committee.keys[2]
    if (!key) throw new TypeError('a validator')
    const validator = {
      publicKey: key.publicKey,
      sign: (hash: Uint8Array) => Promise.resolve(key.sign(hash)),
    }
    const { connection } = await raw.connect(victim.asStaticPeer, {
      genesis: committee.genesis,
      validator,
    })
    const stream = await raw.open(connection, protocols.consensus)
    for (let i = 0; i < 40; i++) await stream.send(encodeSigned(vote(BigInt(i))))
    if (round === 0) await victim.until('its burst', () => victim.messages.length >= 20)
    await connection.close()
    await victim.until('it is gone', () => victim.network.peers().length === 0)
  }
  expect(victim.messages.length).toBeLessThanOrEqual(21)
})

test('flood › a stranger asks for one large block after another › gets as many bytes as its rate allows, others get theirs', async () => {
  const payload = new Uint8Array(50_000)
  const blocks = [committee.block(0n, payload), committee.block(1n, payload)]
  const limits = { blockKibRate: { burst: 200, refreshMs: 3_600_000 } }
  await using victim = await start({ blocks, limits })
  await using raw = await RawPeer.start(libp2pTransport())
  const { connection } = await raw.connect(victim.asStaticPeer, { genesis: committee.genesis })
  const stream = await raw.open(connection, protocols.getBlocks)
  for (let i = 0; i < 20; i++) await stream.send(encodeGetBlocksRequest({ first: 0n, count: 1 }))
  for (let i = 0; i < 4; i++) {
    const answer = await stream.receive()
    expect(answer && decodeGetBlocksResponse(answer).blocks.length).toBe(1)
  }
  await using honest = await start({ peers: { outbound: [victim.asStaticPeer] } })
  await honest.hasBlock(1n)
  const more = stream.receive().catch(() => undefined)
  await connection.close()
  expect(await more).toBeUndefined()
})

test('flood › more streams than a session has › ends the connection, and the next one is refused with BANNED', async () => {
  const metrics = new MemoryMetrics()
  await using victim = await start({ override: { metrics } })
  await using raw = await RawPeer.start(libp2pTransport())
  const { genesis } = committee
  const { connection } = await raw.connect(victim.asStaticPeer, { genesis })
  await victim.connectedTo(raw)
  for (let i = 0; i < 100; i++) await raw.open(connection, protocols.ping).catch(() => undefined)
  await connection.closed
  await victim.sees('peerMisbehaved')
  expect(victim.eventsOf('peerMisbehaved').map(({ rule }) => rule)).toEqual(['FLOOD'])
  expect(metrics.openMetrics()).toContain('zkstack_network_bans_total{fault="FLOOD"} 1')
  const { banned } = victim.network.inspect()
  expect(banned.map(({ key }) => key)).toEqual([toHex(raw.key)])
  expect(banned[0]?.remainingMs).toBeGreaterThan(0)
  await expect(raw.connect(victim.asStaticPeer, { genesis })).rejects.toMatchObject({
    code: 'BANNED',
  })
})

test('flood › a banned peer dials on and on › takes no place in the hellos of others', async () => {
  const refreshMs = 3_600_000
  const limits = {
    helloRate: { burst: 12, refreshMs },
    greetingRate: { burst: 8, refreshMs },
  }
  await using victim = await start({ limits })
  await using raw = await RawPeer.start(libp2pTransport())
  for (let i = 0; i < 30; i++) {
    const connection = await raw.dial(victim.asStaticPeer).catch(() => undefined)
    connection?.abort(new Error('again'))
  }
  await using honest = await start({ peers: { outbound: [victim.asStaticPeer] } })
  await honest.connectedTo(victim)
})

test('flood › a host opens connections and says nothing › others of another host are let in', async () => {
  await using victim = await start({ listen: '127.0.0.1:0' })
  const { port } = parseHostPort(victim.address)
  const sockets = Array.from({ length: 60 }, () =>
    connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' }).on('error', () => undefined),
  )
  await using honest = await start({ peers: { outbound: [victim.asStaticPeer] } })
  await honest.connectedTo(victim)
  for (const socket of sockets) socket.destroy()
})

/** Bare sockets of the host of everyone here; closed ones are opened again. */
class Sockets implements Disposable {
  opened = 0
  readonly #open = new Set<Socket>()
  #isOver = false

  constructor(
    readonly victim: TestPeer,
    count: number,
  ) {
    for (let i = 0; i < count; i++) this.#connect()
  }

  get open(): number {
    return this.#open.size
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const socket of this.#open) socket.destroy()
  }

  #connect(): void {
    if (this.#isOver) return
    const { port } = parseHostPort(this.victim.address)
    const socket = connect({ host: '127.0.0.1', port })
    this.opened++
    this.#open.add(socket)
    socket.write(systemRandom.bytes(1_000))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#open.delete(socket)
      this.#connect()
    })
  }
}

test('flood › of sockets, faster than they are let in › a node of the same host waits for its turn, and comes in during the flood', async () => {
  const transport = libp2pTransport({ maxInboundPerSecondPerHost: 60 })
  await using victim = await start({ listen: '127.0.0.1:0', transport })
  using sockets = new Sockets(victim, 60)
  // the burst is used up
  await expect.poll(() => sockets.opened).toBeGreaterThan(60 + 32)
  await using honest = await start({ peers: { outbound: [victim.asStaticPeer] } })
  await honest.connectedTo(victim)
  expect(sockets.open).toBeGreaterThan(50)
})

test('flood › of sockets, and hardly any is let in › a node of the same host waits until others have left it room', async () => {
  const transport = libp2pTransport({ maxInboundPerSecondPerHost: 0.001 })
  await using victim = await start({ listen: '127.0.0.1:0', transport })
  {
    using sockets = new Sockets(victim, 40)
    await expect.poll(() => sockets.opened).toBeGreaterThan(40)
  }
  const dial = libp2pTransport()
  await dial.start({
    identity: generateNodeKey(systemRandom),
    listen: [],
    protocols: [],
    onConnection: () => undefined,
  })
  const { address, key } = victim
  // without the rate it would take some milliseconds
  const signal = AbortSignal.timeout(300)
  await expect(dial.dial(address, key, { signal })).rejects.toThrow()
  await dial.stop()
})

test('flood › of sockets for which there is no room to wait › they are counted, and a line says so once', async () => {
  const metrics = new MemoryMetrics()
  const logger = recordingLogger()
  await using victim = await start({
    listen: '127.0.0.1:0',
    transport: libp2pTransport({ maxInboundPerHost: 4 }),
    logger,
    override: { metrics },
  })
  const { port } = parseHostPort(victim.address)
  const sockets = Array.from({ length: 20 }, () =>
    connect({ host: '127.0.0.1', port }).on('error', () => undefined),
  )
  // four are in, four wait
  await victim.until('refusals', () =>
    metrics.openMetrics().includes('connections_refused_total{reason="full"} 12'),
  )
  for (const socket of sockets) socket.destroy()
  const lines = logger.records.filter(({ message }) => message.includes('connections are refused'))
  expect(lines.map(({ fields }) => fields)).toEqual([
    { host: '127.0.0.1', reason: 'full', count: 1 },
  ])
})
