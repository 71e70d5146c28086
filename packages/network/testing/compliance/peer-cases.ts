import { systemRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { formatNodePublicKey, generateNodeKey, parseSocketAddress } from '@zkstack/roles'
import {
  validatorAddressDigest,
  type ValidatorAddress,
} from '../../src/addresses/validator-address.js'
import {
  decodePeers,
  encodePeers,
  encodePeersRequest,
  encodeValidatorAddresses,
} from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { hear, type RawPeer } from '../raw-peer.js'
import type { TestPeer, TestPeerOptions } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

/** How nodes find each other, and what they believe. */
export function peerCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'peers › nodes know one bootstrap peer › they find and dial each other': findsEachOther,
    'peers › as many connections as are wanted › no more are dialled': stopsAtTheLimit,
    'peers › a peer tells of nodes that are not there › they are tried a few times and forgotten':
      forgetsLies,
    'peers › an answer of more addresses than an answer has › is misbehaviour': refusesLongAnswer,
    'peers › what a peer was only told › is not told on': keepsHearsay,
    'peers › a node that listens asked for peers › others are told of it, one that does not listen is not told of':
      tellsOfThoseWhoListen,
    'addresses › validators know one bootstrap peer › they announce themselves and dial each other':
      validatorsFindEachOther,
    'addresses › a validator moves › is dialled at its new address': followsAMove,
    'addresses › a validator restarts and has forgotten its version › announces a newer one':
      overridesItsPast,
    'addresses › a wrong signature › bans who told it, not who it is about': bansLiars,
    'addresses › one validator twice in a list › is misbehaviour': refusesDuplicates,
    'addresses › of who is no member › are passed over': ignoresStrangers,
  })
}

const soon = {
  peersRequestRate: { burst: 100, refreshMs: 20 },
  peersRequestMs: 50,
  dialRate: { burst: 100, refreshMs: 1 },
  addressRate: { burst: 1_000, refreshMs: 1 },
  announceAgainMs: 20,
}

function bootstrapOf(...peers: readonly TestPeer[]): string[] {
  return peers.map(({ key, address }) => `${formatNodePublicKey(key)}@${address}`)
}

/** A peer that knows a bootstrap peer only. */
function newcomer(
  bed: TestBed,
  bootstrap: TestPeer,
  o: Partial<TestPeerOptions> = {},
): Promise<TestPeer> {
  const { peers, limits, ...rest } = o
  return bed.peer({
    peers: { bootstrap: bootstrapOf(bootstrap), ...peers },
    limits: { ...soon, ...limits },
    ...rest,
  })
}

async function findsEachOther(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const nodes = [await newcomer(bed, seed), await newcomer(bed, seed), await newcomer(bed, seed)]
  for (const node of nodes)
    await node.until('all are connected', () => node.network.peers().length === nodes.length)
  checkSame(seed.network.peers().length, nodes.length, 'connections of the bootstrap peer')
}

async function stopsAtTheLimit(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const others = [await newcomer(bed, seed), await newcomer(bed, seed), await newcomer(bed, seed)]
  for (const other of others) await other.connectedTo(seed)
  const modest = await newcomer(bed, seed, {
    peers: { bootstrap: bootstrapOf(seed), maxDynamicOutbound: 2, maxDynamicInbound: 0 },
  })
  await modest.until('two', () => modest.network.peers().length === 2)
  await pause(300)
  const dialled = modest.network.peers().filter(({ direction }) => direction === 'outbound')
  checkSame(dialled.length, 2, 'dialled')
}

/** A peer that answers every question for peers with what it is given. */
async function liar(
  bed: TestBed,
  answer: Parameters<typeof encodePeers>[0],
): Promise<{ readonly raw: RawPeer; readonly victim: TestPeer; readonly questions: () => number }> {
  const raw = await bed.raw()
  const { key, addr } = raw.asStaticPeer
  const victim = await bed.peer({
    peers: { bootstrap: [`${formatNodePublicKey(key)}@${addr}`] },
    limits: soon,
  })
  const [connection, hello] = await raw.accept(protocols.hello)
  let questions = 0
  connection.onStream(protocols.peers, 1024, async (stream) => {
    while (await stream.receive()) {
      questions++
      await stream.send(encodePeers(answer))
    }
  })
  await raw.sayHello(connection, hello, { genesis: bed.committee.genesis })
  await victim.connectedTo(raw)
  void hear(hello).catch(() => undefined)
  return { raw, victim, questions: () => questions }
}

function addressAt(text: string) {
  const addr = parseSocketAddress(text)
  check(addr !== undefined, text)
  return { key: generateNodeKey(systemRandom).publicKey, addr }
}

async function forgetsLies(bed: TestBed): Promise<void> {
  const lies = Array.from({ length: 8 }, (_, i) => addressAt(`127.0.0.1:${i + 1}`))
  const { victim, questions } = await liar(bed, lies)
  await eventually('asked again', () => questions() > 3)
  const honest = await bed.peer({ peers: { outbound: [victim.asStaticPeer] } })
  await honest.connectedTo(victim)
  checkSame(victim.eventsOf('peerMisbehaved').length, 0, 'nobody is blamed for what is not there')
}

async function refusesLongAnswer(bed: TestBed): Promise<void> {
  const { victim } = await liar(
    bed,
    Array.from({ length: 33 }, (_, i) => addressAt(`127.0.0.1:${i + 1}`)),
  )
  await victim.sees('peerMisbehaved')
  checkSame(victim.eventsOf('peerMisbehaved')[0]?.rule, 'BAD_ADDRESS_LIST', 'rule')
}

/** Asks a peer for peers, as somebody who listens nowhere. */
async function ask(bed: TestBed, of: TestPeer): Promise<readonly Uint8Array[]> {
  const raw = await bed.raw()
  const { connection } = await raw.connect(of.asStaticPeer, { genesis: bed.committee.genesis })
  const stream = await raw.open(connection, protocols.peers)
  await stream.send(encodePeersRequest({ port: 0, ip: undefined }))
  const answer = await stream.receive()
  check(answer !== undefined, 'an answer')
  await connection.close()
  return decodePeers(answer).map(({ key }) => key)
}

async function keepsHearsay(bed: TestBed): Promise<void> {
  const { victim, questions } = await liar(bed, [addressAt('127.0.0.1:1')])
  await eventually('told', () => questions() > 1)
  checkSame((await ask(bed, victim)).length, 0, 'told on')
}

async function tellsOfThoseWhoListen(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const node = await newcomer(bed, seed)
  await node.connectedTo(seed)
  let told: readonly Uint8Array[] = []
  for (let i = 0; i < 50 && told.length === 0; i++) {
    told = await ask(bed, seed)
    await pause(10)
  }
  checkSame(told.length, 1, 'told')
  check(told[0] !== undefined && bytesEqual(told[0], node.key), 'the node that listens')
}

async function validatorsFindEachOther(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const n = 6
  const validators = await Promise.all(
    Array.from({ length: n }, (_, validator) => announcing(bed, seed, validator)),
  )
  for (const one of validators)
    await one.until('all are connected', () => membersOf(one).length === n - 1)
}

/** The validators that a peer is connected to. */
function membersOf(peer: TestPeer): Uint8Array[] {
  return peer.network.peers().flatMap(({ carrier }) => (carrier ? [carrier] : []))
}

/** Starts a validator that announces the address at which it listens, and finds nobody but by announcements. */
async function announcing(
  bed: TestBed,
  bootstrap: TestPeer,
  validator: number,
  o: Partial<TestPeerOptions> = {},
): Promise<TestPeer> {
  const nodeKey = o.nodeKey ?? generateNodeKey(systemRandom)
  const { address } = await placeholder(bed)
  return newcomer(bed, bootstrap, {
    ...o,
    validator,
    nodeKey,
    listen: address,
    peers: { bootstrap: bootstrapOf(bootstrap), maxDynamicOutbound: 1 },
    override: { publicAddr: address, ...o.override },
  })
}

/** An address that was free a moment ago. */
async function placeholder(bed: TestBed): Promise<{ readonly address: string }> {
  const peer = await bed.peer()
  const { address } = peer
  await peer.stop()
  return { address }
}

async function followsAMove(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const nodeKey = generateNodeKey(systemRandom)
  let version: bigint | undefined
  const announcedVersion = {
    load: () => Promise.resolve(version),
    save: (saved: bigint) => {
      version = saved
      return Promise.resolve()
    },
  }
  const first = await announcing(bed, seed, 0, { nodeKey, override: { announcedVersion } })
  const other = await announcing(bed, seed, 1)
  await other.connectedTo(first)
  const before = first.address
  await first.stop()
  checkSame(version, 0n, 'the first version')
  await other.sees('peerDisconnected')
  const moved = await announcing(bed, seed, 0, { nodeKey, override: { announcedVersion } })
  check(moved.address !== before, 'another address')
  await other.connectedTo(moved)
  check(version !== undefined && version > 0n, 'a newer version')
}

async function overridesItsPast(bed: TestBed): Promise<void> {
  const seed = await bed.peer({ limits: soon })
  const nodeKey = generateNodeKey(systemRandom)
  const first = await announcing(bed, seed, 0, { nodeKey })
  const other = await announcing(bed, seed, 1)
  await other.connectedTo(first)
  await first.stop()
  await other.sees('peerDisconnected')
  // it has forgotten what it announced, and its clock is slow: by itself it would announce what is older
  const moved = await announcing(bed, seed, 0, { nodeKey })
  await other.connectedTo(moved)
}

async function announcement(
  bed: TestBed,
  validator: number,
  version = 1n,
): Promise<ValidatorAddress> {
  const { committee } = bed
  const secret = committee.keys[validator]
  check(secret !== undefined, 'a validator')
  const addr = parseSocketAddress('127.0.0.1:1')
  check(addr !== undefined, 'an address')
  const body = {
    validatorKey: secret.publicKey,
    nodeKey: generateNodeKey(systemRandom).publicKey,
    address: { addr, version, timestamp: { seconds: 1n, nanos: 0 } },
  }
  const digest = validatorAddressDigest(committee.genesis.hash, body)
  return { ...body, signature: secret.sign(digest) }
}

/** Tells a fresh peer a list of addresses. */
async function tell(
  bed: TestBed,
  list: readonly ValidatorAddress[],
): Promise<{ readonly a: TestPeer; readonly m: RawPeer; readonly closed: Promise<void> }> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  const { connection } = await m.connect(a.asStaticPeer, { genesis })
  const stream = await m.open(connection, protocols.addresses)
  await stream.send(encodeValidatorAddresses(list))
  return { a, m, closed: connection.closed }
}

async function bansLiars(bed: TestBed): Promise<void> {
  const right = await announcement(bed, 1)
  const wrong = { ...right, nodeKey: generateNodeKey(systemRandom).publicKey }
  const { a, m, closed } = await tell(bed, [wrong])
  await a.sees('peerMisbehaved')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'BAD_ADDRESS', 'rule')
  await closed
  await checkRejects(
    m.connect(a.asStaticPeer, { genesis: bed.committee.genesis }),
    'BANNED',
    'who told it',
  )
  const about = await bed.peer({ validator: 1, peers: { outbound: [a.asStaticPeer] } })
  await about.connectedTo(a)
}

async function refusesDuplicates(bed: TestBed): Promise<void> {
  const { a } = await tell(bed, [await announcement(bed, 1), await announcement(bed, 1, 2n)])
  await a.sees('peerMisbehaved')
  checkSame(a.eventsOf('peerMisbehaved')[0]?.rule, 'BAD_ADDRESS_LIST', 'rule')
}

async function ignoresStrangers(bed: TestBed): Promise<void> {
  const own = await announcement(bed, 1)
  const stranger = { ...own, validatorKey: new Uint8Array(own.validatorKey.length).fill(7) }
  const { a, m } = await tell(bed, [stranger])
  await pause(100)
  checkSame(a.eventsOf('peerMisbehaved').length, 0, 'misbehaviour')
  check(a.isConnectedTo(m), 'it stays')
}
