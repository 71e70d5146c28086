import { systemRandom } from '@zkstack/concurrency'
import { compareBytes } from '@zkstack/crypto'
import { generateNodeKey } from '@zkstack/roles'
import { peerIdMultihash } from '../../src/peer-id.js'
import { protocols } from '../../src/protocols.js'
import { hear } from '../raw-peer.js'
import { signerOf, type TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

/** Who is connected to whom, for how long, and why no longer. */
export function connectionCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'connections › two peers dial each other › one connection is kept, by both the same': keepsOne,
    'connections › many peers dial each other at once › each pair has one connection':
      keepsOnePerPair,
    'connections › a peer restarts › it is connected again': reconnects,
    'connections › a peer moves to another address and dials from there › it is connected again':
      reconnectsElsewhere,
    'connections › a peer comes late › it is dialled until it is there': dialsUntilThere,
    'connections › a peer stops › the other learns SHUTDOWN': tellsShutdown,
    'connections › strangers above the limit › are refused with LIMIT, committee members and static peers are not':
      limitsStrangers,
    'connections › one validator key on many nodes › lets one of them in beyond the limit':
      limitsSharedKey,
    'connections › a stranger broke a rule › is refused with BANNED': bansStrangers,
    'connections › the same peer dials again › the new connection replaces the old one':
      replacesSameDirection,
    'connections › a peer answers no ping › is UNRESPONSIVE': dropsUnresponsive,
    'connections › a peer answers a ping with other bytes › has misbehaved': dropsWrongPong,
    'connections › the node itself among its peers › is skipped': skipsItself,
    'connections › a peer proves our own validator key › is a warning': warnsOfTwin,
    'connections › a listener of events throws › nothing else happens': survivesListener,
  })
}

async function keepsOne(bed: TestBed): Promise<void> {
  const [low, high] = [generateNodeKey(systemRandom), generateNodeKey(systemRandom)].sort((a, b) =>
    compareBytes(peerIdMultihash(a.publicKey), peerIdMultihash(b.publicKey)),
  )
  check(low !== undefined && high !== undefined, 'keys')
  // each needs the other's address before it starts: addresses are chosen by those who came before
  const [first, second] = [await bed.peer(), await bed.peer()]
  const [lowAddr, highAddr] = [first.address, second.address]
  await first.stop()
  await second.stop()
  const starting = [
    bed.peer({
      nodeKey: low,
      listen: lowAddr,
      peers: { outbound: [{ key: high.publicKey, addr: highAddr }] },
    }),
    bed.peer({
      nodeKey: high,
      listen: highAddr,
      peers: { outbound: [{ key: low.publicKey, addr: lowAddr }] },
    }),
  ]
  const [a, b] = await Promise.all(starting)
  check(a !== undefined && b !== undefined, 'peers')
  await a.connectedTo(b)
  await b.connectedTo(a)
  await a.until('one connection by both', () => directionsOf(a, b) === 'inbound outbound')
  await pause(300)
  checkStable(a, b)
}

/** How two peers see the connection that each has. */
function directionsOf(...peers: readonly TestPeer[]): string {
  return peers
    .flatMap(({ network }) => network.peers().map(({ direction }) => direction))
    .sort()
    .join(' ')
}

/** One connection, and none that came and went. */
function checkStable(a: TestPeer, b: TestPeer): void {
  const [left, right] = [a.network.peers(), b.network.peers()]
  checkSame([left.length, right.length], [1, 1], 'number of connections')
  checkSame(directionsOf(a, b), 'inbound outbound', 'directions of the one')
  check(a.eventsOf('peerConnected').length <= 2, 'connections came and went')
  const live = a.eventsOf('peerConnected').length - a.eventsOf('peerDisconnected').length
  check(live === 1, `${live} connections by the events`)
}

async function keepsOnePerPair(bed: TestBed): Promise<void> {
  const n = 5
  const keys = Array.from({ length: n }, () => generateNodeKey(systemRandom))
  const placeholders = await Promise.all(keys.map(() => bed.peer()))
  const statics = placeholders.map(({ address }, i) => ({
    key: keys[i]?.publicKey ?? new Uint8Array(32),
    addr: address,
  }))
  for (const peer of placeholders) await peer.stop()
  const peers = await Promise.all(
    keys.map((nodeKey, i) =>
      bed.peer({
        nodeKey,
        listen: statics[i]?.addr ?? '',
        validator: i,
        peers: { outbound: statics.filter((_, other) => other !== i) },
      }),
    ),
  )
  for (const peer of peers)
    await peer.until('all are connected', () => peer.network.peers().length === n - 1)
  const pairs = (n * (n - 1)) / 2
  const wanted = [...Array<string>(pairs).fill('inbound'), ...Array<string>(pairs).fill('outbound')]
  await eventually('one connection by both', () => directionsOf(...peers) === wanted.join(' '))
  await pause(300)
  for (const peer of peers) checkSame(peer.network.peers().length, n - 1, 'connections')
  checkSame(directionsOf(...peers), wanted.join(' '), 'connections of all, as each end sees them')
}

async function reconnects(bed: TestBed): Promise<void> {
  const nodeKey = generateNodeKey(systemRandom)
  const a = await bed.peer({ nodeKey })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  const { address } = a
  await a.stop()
  await b.sees('peerDisconnected')
  const again = await bed.peer({ nodeKey, listen: address })
  await b.connectedTo(again)
  await again.connectedTo(b)
}

async function reconnectsElsewhere(bed: TestBed): Promise<void> {
  const nodeKey = generateNodeKey(systemRandom)
  const others = [await bed.peer(), await bed.peer(), await bed.peer()]
  const outbound = others.map((other) => other.asStaticPeer)
  const a = await bed.peer({ nodeKey, peers: { outbound } })
  for (const other of others) await other.connectedTo(a)
  const old = a.address
  await a.stop()
  const moved = await bed.peer({ nodeKey, peers: { outbound } })
  check(moved.address !== old, 'another address')
  for (const other of others) await other.connectedTo(moved)
}

async function dialsUntilThere(bed: TestBed): Promise<void> {
  const nodeKey = generateNodeKey(systemRandom)
  const placeholder = await bed.peer({ nodeKey })
  const { asStaticPeer } = placeholder
  await placeholder.stop()
  const b = await bed.peer({ peers: { outbound: [asStaticPeer] } })
  await pause(120)
  check(b.network.peers().length === 0, 'nobody is there')
  const late = await bed.peer({ nodeKey, listen: asStaticPeer.addr })
  await b.connectedTo(late)
}

async function tellsShutdown(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  await a.connectedTo(b)
  await a.stop()
  await b.sees('peerDisconnected')
  const [ours] = a.eventsOf('peerDisconnected')
  const [theirs] = b.eventsOf('peerDisconnected')
  checkSame([ours?.code, ours?.by], ['SHUTDOWN', 'us'], 'the one who stops')
  checkSame([theirs?.code, theirs?.by], ['SHUTDOWN', 'peer'], 'the other')
}

async function limitsStrangers(bed: TestBed): Promise<void> {
  const known = generateNodeKey(systemRandom)
  const a = await bed.peer({ peers: { maxDynamicInbound: 1, inbound: [known.publicKey] } })
  const outbound = [a.asStaticPeer]
  const first = await bed.peer({ peers: { outbound } })
  await first.connectedTo(a)
  await a.connectedTo(first)
  const second = await bed.peer({ peers: { outbound } })
  await second.sees('peerRefused')
  checkSame(second.refusals[0], 'LIMIT by peer', 'second stranger')
  const listed = await bed.peer({ nodeKey: known, peers: { outbound } })
  await a.connectedTo(listed)
  const member = await bed.peer({ validator: 3, peers: { outbound } })
  await a.connectedTo(member)
  checkSame(a.network.peers().length, 3, 'connected')
  await first.stop()
  await second.connectedTo(a)
}

async function limitsSharedKey(bed: TestBed): Promise<void> {
  const a = await bed.peer({ peers: { maxDynamicInbound: 0 } })
  const outbound = [a.asStaticPeer]
  const first = await bed.peer({ validator: 2, peers: { outbound } })
  await a.connectedTo(first)
  const twin = await bed.peer({ validator: 2, peers: { outbound } })
  await twin.sees('peerRefused')
  checkSame(twin.refusals[0], 'LIMIT by peer', 'twin')
}

async function bansStrangers(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  const { connection } = await m.connect(a.asStaticPeer, { genesis })
  const stream = await m.open(connection, protocols.blocks)
  await stream.send(Uint8Array.of(0xff))
  await a.sees('peerMisbehaved')
  await connection.closed
  await a.sees('peerDisconnected')
  await checkRejects(m.connect(a.asStaticPeer, { genesis }), 'BANNED', 'the second time')
}

async function replacesSameDirection(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  const first = await m.connect(a.asStaticPeer, { genesis })
  await a.connectedTo(m)
  await m.connect(a.asStaticPeer, { genesis })
  await checkRejects(hear(first.stream), 'ALREADY_CONNECTED', 'the old one')
  await first.connection.closed
  await pause(50)
  check(a.isConnectedTo(m), 'the new one stays')
}

async function dropsUnresponsive(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { pingTimeoutMs: 150 } })
  const m = await bed.raw()
  const { connection, stream } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  await checkRejects(hear(stream), 'UNRESPONSIVE', 'goodbye')
  await connection.closed
  await a.sees('peerDisconnected')
  checkSame(a.eventsOf('peerMisbehaved').length, 0, 'silence is no crime')
}

async function dropsWrongPong(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { connection, stream } = await m.connect(a.asStaticPeer, {
    genesis: bed.committee.genesis,
    validator: signerOf(bed.committee, 1),
  })
  connection.onStream(protocols.ping, 1024, async (ping) => {
    await ping.receive()
    await ping.send(new Uint8Array(32))
  })
  await checkRejects(hear(stream), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
}

async function skipsItself(bed: TestBed): Promise<void> {
  const nodeKey = generateNodeKey(systemRandom)
  const self = { key: nodeKey.publicKey, addr: '127.0.0.1:1' }
  const a = await bed.peer({ nodeKey, peers: { outbound: [self] } })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await a.connectedTo(b)
  checkSame(a.network.peers().length, 1, 'connections')
}

async function warnsOfTwin(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 1 })
  const twin = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await a.sees('warning')
  await twin.sees('warning')
  for (const { error } of [...a.eventsOf('warning'), ...twin.eventsOf('warning')]) {
    checkSame(error.code, 'NETWORK_TWIN_VALIDATOR', 'warning')
  }
}

async function survivesListener(bed: TestBed): Promise<void> {
  const onEvent = (): never => {
    throw new Error('a listener throws')
  }
  const a = await bed.peer({ override: { onEvent } })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  await a.connectedTo(b)
  check(a.failure === undefined, 'the network runs on')
}
