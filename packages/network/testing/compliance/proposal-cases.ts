import { bytesEqual } from '@zkstack/crypto'
import {
  encodeSigned,
  hashMsg,
  hashPayload,
  HashedProposal,
  payloadPartBytes,
  payloadPartCount,
  viewOf,
  type LeaderProposal,
  type Signed,
} from '@zkstack/roles'
import { LargeProposal } from '../../src/consensus/large-proposal.js'
import { ABANDONED, encodePartsHead, TAKEN } from '../../src/parts/part-frame.js'
import { protocols } from '../../src/protocols.js'
import type { FrameStream, TransportConnection } from '../../src/transport/network-transport.js'
import { hear, RawPeer } from '../raw-peer.js'
import { signerOf, type TestPeer } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

const MB = 1024 * 1024
const limits = { maxPayloadBytes: 16 * MB }

/** Proposals that travel in parts: that they arrive, what they do to votes, and what a liar gains. */
export function proposalCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'proposals › one of 16 MiB › arrives at each of five validators, its hashes known': arrives,
    'proposals › one of 16 MiB is on its way › votes overtake it in both directions': votesOvertake,
    'proposals › a newer one comes on the way › the older one does not arrive': superseded,
    'proposals › a peer takes no part › few are under way to it, and others are served':
      boundedUnderWay,
    'proposals › a part is changed › its sender is blamed at once as WRONG_PART': blamesWrongPart,
    'proposals › a part is too short › its sender is blamed as WRONG_PART': blamesShortPart,
    'proposals › a payload above the limit is announced › its sender is blamed as MALFORMED':
      refusesLargePayload,
    'proposals › parts are taken that were not sent › the receiver is blamed as MALFORMED':
      blamesFalseTaken,
    'proposals › of a validator that does not lead › is passed over, and nobody is blamed':
      ignoresWrongLeader,
    'proposals › a head and no parts, again and again › costs no memory and no connection':
      headsAlone,
  })
}

/** The first view that a validator leads, after the given one. */
function viewLedBy(bed: TestBed, validator: number, after = 0n): bigint {
  const { schedule } = bed.committee
  for (let view = after + 1n; ; view++) if (schedule.leaderAt(view) === validator) return view
}

function payloadOf(bytes: number, seed = 7): Uint8Array {
  const payload = new Uint8Array(bytes)
  for (let i = 0; i < bytes; i += 1_021) payload[i] = (seed * i) & 0xff
  return payload
}

function proposalIn({
  message: { msg },
}: {
  readonly message: Signed
}): LeaderProposal | undefined {
  return msg.type === 'leaderProposal' ? msg.value : undefined
}

async function pair(bed: TestBed): Promise<[TestPeer, TestPeer]> {
  const a = await bed.peer({ validator: 0, limits })
  const b = await bed.peer({ validator: 1, limits, peers: { outbound: [a.asStaticPeer] } })
  await a.connectedTo(b)
  await b.connectedTo(a)
  return [a, b]
}

async function arrives(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const others: TestPeer[] = []
  for (let i = 1; i < 5; i++) {
    others.push(await bed.peer({ validator: i, limits, peers: { outbound: [a.asStaticPeer] } }))
  }
  await a.until('all', () => a.network.peers().length === 4)
  const payload = payloadOf(limits.maxPayloadBytes)
  const proposal = bed.proposal(0, viewLedBy(bed, 0), payload)
  a.network.broadcast(proposal)
  for (const other of others) {
    await other.until('the proposal', () => other.messages.length > 0)
    const [received] = other.messages
    const value = received && proposalIn(received)
    check(value instanceof HashedProposal, 'hashed')
    check(bytesEqual(value.payload, payload), 'payload')
    checkSame(value.payloadHash, hashPayload(payload), 'hash of the payload')
    checkSame(value.messageHash, hashMsg(proposal.msg), 'hash of the message')
    checkSame([received?.message.sig, received?.carrier], [proposal.sig, proposal.key], 'author')
  }
}

async function votesOvertake(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  const view = viewLedBy(bed, 0)
  a.network.broadcast(bed.proposal(0, view, payloadOf(limits.maxPayloadBytes)))
  for (let vote = 1n; vote <= 10n; vote++) {
    a.network.broadcast(bed.vote(0, vote))
    b.network.broadcast(bed.vote(1, vote))
    await b.until(`vote ${vote} there`, () => b.messages.length === Number(vote))
    await a.until(`vote ${vote} here`, () => a.messages.length === Number(vote))
  }
  check(!b.messages.some(proposalIn), 'the proposal came before the votes')
  await b.until('the proposal', () => b.messages.some(proposalIn))
}

async function superseded(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  const first = viewLedBy(bed, 0)
  const second = viewLedBy(bed, 0, first)
  a.network.broadcast(bed.proposal(0, first, payloadOf(limits.maxPayloadBytes)))
  await pause(5)
  a.network.broadcast(bed.proposal(0, second, payloadOf(MB)))
  await b.until('the second', () => b.messages.length > 0)
  await pause(50)
  checkSame(
    b.messages.map(({ message }) => viewOf(message.msg).number),
    [second],
    'views',
  )
}

async function boundedUnderWay(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const { connection } = await rawValidator(bed, a, 1)
  const c = await bed.peer({ validator: 2, limits, peers: { outbound: [a.asStaticPeer] } })
  await c.connectedTo(a)
  a.network.broadcast(bed.proposal(0, viewLedBy(bed, 0), payloadOf(4 * MB)))
  await c.until('the proposal', () => c.messages.length > 0)
  let bytes = 0
  const stream = await RawPeer.streamOf(connection, protocols.proposals)
  const reading = drainInto(stream, (frame) => (bytes += frame.length))
  await eventually('something', () => bytes > 0)
  await pause(100)
  check(bytes < 256 * 1024, `${bytes} bytes are under way`)
  stream.abort(new Error('enough'))
  await reading
}

async function drainInto(stream: FrameStream, note: (frame: Uint8Array) => void): Promise<void> {
  try {
    for (let frame = await stream.receive(); frame; frame = await stream.receive()) note(frame)
  } catch {
    // the case ends
  }
}

/** A raw peer that proves the key of a validator. */
async function rawValidator(
  bed: TestBed,
  to: TestPeer,
  validator: number,
): Promise<{ connection: TransportConnection; stream: FrameStream; peer: RawPeer }> {
  const peer = await bed.raw()
  const hello = { genesis: bed.committee.genesis, validator: signerOf(bed.committee, validator) }
  return { ...(await peer.connect(to.asStaticPeer, hello)), peer }
}

/** A raw validator 1 in the middle of a proposal to `a`: the head is sent, and some parts. */
async function midway(
  bed: TestBed,
  a: TestPeer,
  sent: number,
): Promise<{ hello: FrameStream; proposals: FrameStream; frames: Uint8Array[] }> {
  const { connection, stream: hello, peer } = await rawValidator(bed, a, 1)
  const proposals = await peer.open(connection, protocols.proposals)
  const proposal = new LargeProposal(bed.proposal(1, viewLedBy(bed, 1), payloadOf(MB)))
  await proposals.send(await proposal.head(() => Promise.resolve()))
  const frames = [...proposal.parts()]
  for (const frame of frames.slice(0, sent)) {
    await proposals.send(frame)
    checkSame(await proposals.receive(), TAKEN, 'taken')
  }
  return { hello, proposals, frames }
}

async function blamesWrongPart(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const { hello, proposals, frames } = await midway(bed, a, 3)
  const changed = new Uint8Array(frames[3] ?? [])
  changed[1_000] = (changed[1_000] ?? 0) ^ 1
  await proposals.send(changed)
  await checkRejects(hear(hello), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'WRONG_PART', 'rule')
  checkSame(a.messages.length, 0, 'messages')
}

async function blamesShortPart(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const { hello, proposals } = await midway(bed, a, 1)
  await proposals.send(new Uint8Array(100))
  await checkRejects(hear(hello), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'WRONG_PART', 'rule')
}

async function refusesLargePayload(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits: { maxPayloadBytes: MB } })
  const { connection, stream: hello, peer } = await rawValidator(bed, a, 1)
  const proposals = await peer.open(connection, protocols.proposals)
  const payloadBytes = MB + 1
  const digests = Array.from({ length: payloadPartCount(payloadBytes) }, () => new Uint8Array(32))
  const message = encodeSigned(bed.proposal(1, viewLedBy(bed, 1), new Uint8Array(0)))
  await proposals.send(encodePartsHead({ payloadBytes, digests, message }))
  await checkRejects(hear(hello), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
}

async function blamesFalseTaken(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const { connection, stream: hello } = await rawValidator(bed, a, 1)
  a.network.broadcast(bed.proposal(0, viewLedBy(bed, 0), payloadOf(MB)))
  const proposals = await RawPeer.streamOf(connection, protocols.proposals)
  for (let i = 0; i < 4; i++) await proposals.send(TAKEN)
  await checkRejects(hear(hello), 'MISBEHAVED', 'goodbye')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'MALFORMED', 'rule')
}

async function ignoresWrongLeader(bed: TestBed): Promise<void> {
  const [a, b] = await pair(bed)
  a.network.broadcast(bed.proposal(0, viewLedBy(bed, 2), payloadOf(MB)))
  await pause(200)
  const view = viewLedBy(bed, 0, 10n)
  a.network.broadcast(bed.proposal(0, view, payloadOf(MB)))
  await b.until('the right one', () => b.messages.length > 0)
  checkSame(
    b.messages.map(({ message }) => viewOf(message.msg).number),
    [view],
    'views',
  )
  checkSame(b.eventsOf('peerMisbehaved').length, 0, 'blamed')
}

async function headsAlone(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0, limits })
  const { connection, peer } = await rawValidator(bed, a, 1)
  const proposals = await peer.open(connection, protocols.proposals)
  const payload = payloadOf(limits.maxPayloadBytes)
  const proposal = new LargeProposal(bed.proposal(1, viewLedBy(bed, 1), payload))
  const head = await proposal.head(() => Promise.resolve())
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 100; i++) {
    await proposals.send(head)
    await proposals.send(ABANDONED)
  }
  await proposals.send(head)
  const [part] = proposal.parts()
  await proposals.send(part ?? new Uint8Array(payloadPartBytes))
  checkSame(await proposals.receive(), TAKEN, 'taken')
  const grown = process.memoryUsage().arrayBuffers - before
  check(grown < 4 * limits.maxPayloadBytes, `${grown} bytes for heads`)
  check(a.network.peers().length === 1, 'still connected')
}
