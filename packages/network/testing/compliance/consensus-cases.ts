import { systemRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import {
  encodeSigned,
  generateNodeKey,
  labelOf,
  payloadPartBytes,
  viewOf,
  type Signed,
} from '@zkstack/roles'
import { protocols } from '../../src/protocols.js'
import { hear } from '../raw-peer.js'
import { signerOf, type TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

/** Consensus messages: who gets them, which of them, and what a slow peer does to others. */
export function consensusCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'consensus › five validators broadcast › each gets the message of every other, with its carrier':
      reachesAll,
    'consensus › a validator sends on what another has signed › it comes with the key of who sent it':
      namesCarriers,
    'consensus › a peer reconnects › it gets the newest of each label again': sendsAgain,
    'consensus › an equal view › is sent again, an older one is not': newestWins,
    'consensus › a peer outside of the committee › gets nothing and is not heard': ignoresOutsiders,
    'consensus › a peer enters the committee while connected › gets the newest messages':
      servesNewMembers,
    'consensus › a handler stalls on one peer › others are heard': isolatesStalledPeer,
    'consensus › a handler stalls on a proposal › the votes of that peer are heard':
      isolatesProposals,
    'consensus › a peer reads nothing › others are served and only the newest waits':
      skipsSuperseded,
    'consensus › a malformed message › ends the connection as misbehaviour': refusesMalformed,
    'consensus › a frame above the limit › ends the connection as FRAME_TOO_LARGE, and the peer is told':
      refusesLarge,
    'consensus › our own message above the limit › is a warning and not sent': warnsOfOwnLarge,
  })
}

function viewsOf(peer: TestPeer): string[] {
  return peer.messages.map(({ message }) => `${labelOf(message.msg)} ${viewOf(message.msg).number}`)
}

async function pair(bed: TestBed): Promise<[TestPeer, TestPeer]> {
  const a = await bed.peer({ validator: 0 })
  const b = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await a.connectedTo(b)
  await b.connectedTo(a)
  return [a, b]
}

async function reachesAll(bed: TestBed): Promise<void> {
  const peers: TestPeer[] = []
  for (let i = 0; i < 5; i++) {
    peers.push(
      await bed.peer({ validator: i, peers: { outbound: peers.map((peer) => peer.asStaticPeer) } }),
    )
  }
  for (const [i, peer] of peers.entries()) peer.network.broadcast(bed.vote(i, 7n))
  for (const [i, peer] of peers.entries()) {
    await peer.until('four votes', () => peer.messages.length >= 4)
    checkSame(peer.messages.length, 4, 'votes')
    for (const { message, carrier } of peer.messages) checkSame(carrier, message.key, 'carrier')
    const own = bed.committee.key(i).publicKey
    check(
      !peer.messages.some(({ message }) => bytesEqual(message.key, own)),
      'our own vote came back',
    )
  }
}

async function namesCarriers(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  a.network.broadcast(bed.vote(2, 7n))
  await b.until('the vote', () => b.messages.length > 0)
  const [received] = b.messages
  checkSame(received?.message.key, bed.committee.key(2).publicKey, 'author')
  checkSame(received?.carrier, bed.committee.key(0).publicKey, 'carrier')
}

async function sendsAgain(bed: TestBed): Promise<void> {
  const nodeKey = generateNodeKey(systemRandom)
  const a = await bed.peer({ validator: 0 })
  const outbound = [a.asStaticPeer]
  const b = await bed.peer({ validator: 1, nodeKey, peers: { outbound } })
  await b.connectedTo(a)
  for (const view of [1n, 2n]) a.network.broadcast(bed.vote(0, view))
  a.network.broadcast(bed.timeout(0, 3n))
  await b.until('first time', () => viewsOf(b).length >= 2)
  await b.stop()
  const again = await bed.peer({ validator: 1, nodeKey, peers: { outbound } })
  await again.until('again', () => again.messages.length >= 2)
  await pause(50)
  checkSame(
    viewsOf(again).sort(),
    ['ReplicaCommitV2 2', 'ReplicaTimeoutV2 3'],
    'the newest of each label',
  )
}

async function newestWins(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  const send = async (message: Signed, count: number): Promise<void> => {
    a.network.broadcast(message)
    await b.until(`message ${count}`, () => b.messages.length >= count)
  }
  await send(bed.vote(0, 5n), 1)
  await send(bed.vote(0, 5n), 2)
  a.network.broadcast(bed.vote(0, 4n))
  await send(bed.vote(0, 6n), 3)
  await pause(50)
  checkSame(
    viewsOf(b),
    ['ReplicaCommitV2 5', 'ReplicaCommitV2 5', 'ReplicaCommitV2 6'],
    'what arrived',
  )
}

async function ignoresOutsiders(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const outsider = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, { genesis: bed.committee.genesis })
  await a.until('both', () => a.network.peers().length === 2)
  a.network.broadcast(bed.vote(0, 1n))
  const stream = await m.open(connection, protocols.consensus)
  await stream.send(encodeSigned(bed.vote(1, 1n)))
  await pause(150)
  checkSame([a.messages.length, outsider.messages.length], [0, 0], 'messages')
  check(a.network.peers().length === 2, 'nobody is punished for it')
}

async function servesNewMembers(bed: TestBed): Promise<void> {
  let inCommittee = false
  const scope = () => (inCommittee ? bed.committee.scope : undefined)
  const a = await bed.peer({ validator: 0, scope })
  const b = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  a.network.broadcast(bed.vote(0, 1n))
  await pause(100)
  checkSame(b.messages.length, 0, 'before')
  inCommittee = true
  a.network.broadcast(bed.timeout(0, 1n))
  await b.until('after', () => b.messages.length >= 2)
}

async function isolatesStalledPeer(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const outbound = [a.asStaticPeer]
  const b = await bed.peer({ validator: 1, peers: { outbound } })
  const c = await bed.peer({ validator: 2, peers: { outbound } })
  await b.connectedTo(a)
  await c.connectedTo(a)
  const stalls = bed.committee.key(1).publicKey
  a.handle = ({ message }) =>
    bytesEqual(message.key, stalls) ? new Promise(() => undefined) : Promise.resolve()
  b.network.broadcast(bed.vote(1, 1n))
  await a.until('the one who stalls', () => a.messages.length === 1)
  for (let view = 1n; view <= 20n; view++) {
    b.network.broadcast(bed.vote(1, view + 1n))
    c.network.broadcast(bed.vote(2, view))
    await a.until(`vote ${view}`, () => a.messages.length === Number(view) + 1)
  }
}

async function isolatesProposals(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  b.handle = ({ message }) =>
    message.msg.type === 'leaderProposal' ? new Promise(() => undefined) : Promise.resolve()
  a.network.broadcast(bed.proposal(0, 1n, new Uint8Array(1000)))
  await b.until('proposal', () => b.messages.length === 1)
  for (let view = 1n; view <= 5n; view++) {
    a.network.broadcast(bed.vote(0, view))
    await b.until(`vote ${view}`, () => b.messages.length === Number(view) + 1)
  }
}

async function skipsSuperseded(bed: TestBed): Promise<void> {
  // it answers no ping either, for as long as the broadcasts take
  const a = await bed.peer({ validator: 0, limits: { pingTimeoutMs: 3_600_000 } })
  const m = await bed.raw()
  const { connection } = await m.connect(a.asStaticPeer, {
    genesis: bed.committee.genesis,
    validator: signerOf(bed.committee, 1),
  })
  const c = await bed.peer({ validator: 2, peers: { outbound: [a.asStaticPeer] } })
  await c.connectedTo(a)
  const views = 400n
  const payload = new Uint8Array(payloadPartBytes)
  for (let view = 1n; view <= views; view++) {
    a.network.broadcast(bed.proposal(0, view, payload))
    await c.until(`proposal ${view}`, () => viewsOf(c).includes(`LeaderProposalV2 ${view}`))
  }
  // 13 MB were broadcast; the one who reads nothing finds what fitted the line, and then the last
  const frames: number[] = []
  connection.onStream(protocols.consensus, 2 ** 26, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive())
      frames.push(frame.length)
  })
  await eventually('some', () => frames.length > 0)
  await pause(300)
  check(
    frames.length > 0 && frames.length < Number(views) / 2,
    `${frames.length} of ${views} waited`,
  )
}

async function refusesMalformed(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const m = await bed.raw()
  const validator = signerOf(bed.committee, 1)
  const { connection, stream } = await m.connect(a.asStaticPeer, {
    genesis: bed.committee.genesis,
    validator,
  })
  const consensus = await m.open(connection, protocols.consensus)
  await consensus.send(Uint8Array.of(1, 2, 3))
  await checkRejects(hear(stream), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
  checkSame(a.messages.length, 0, 'messages')
}

async function refusesLarge(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits: { maxPayloadBytes: 1000 } })
  const m = await bed.raw()
  const validator = signerOf(bed.committee, 1)
  const { connection, stream } = await m.connect(a.asStaticPeer, {
    genesis: bed.committee.genesis,
    validator,
  })
  const consensus = await m.open(connection, protocols.consensus)
  await consensus
    .send(encodeSigned(bed.proposal(1, 1n, new Uint8Array(100_000))))
    .catch(() => undefined)
  await checkRejects(hear(stream), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'FRAME_TOO_LARGE', 'rule')
}

async function warnsOfOwnLarge(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits: { maxPayloadBytes: 1000 } })
  const b = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await b.connectedTo(a)
  a.network.broadcast(bed.proposal(0, 1n, new Uint8Array(100_000)))
  checkSame(a.eventsOf('warning')[0]?.error.code, 'NETWORK_FRAME_TOO_LARGE', 'warning')
  a.network.broadcast(bed.vote(0, 1n))
  await b.until('vote', () => b.messages.length > 0)
  checkSame(viewsOf(b), ['ReplicaCommitV2 1'], 'messages')
}
