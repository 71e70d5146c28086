import { testCommittee } from '@zkstack/roles/testing'
import { systemRandom } from '@zkstack/concurrency'
import { protocols } from '../../src/protocols.js'
import { hear, say } from '../raw-peer.js'
import { signerOf } from '../test-peer.js'
import { casesOn, type TestBed, type TransportFactory } from './bed.js'
import { check, checkRejects, checkSame, eventually, pause, type ComplianceCase } from './case.js'

/** The handshake: who is refused, and that both sides learn why. */
export function helloCases(makeTransport: TransportFactory): ComplianceCase[] {
  return casesOn(makeTransport, {
    'hello › of two validators › proves each key to the other': provesCarriers,
    'hello › of a full node › proves no key': provesNothing,
    'hello › the dialler is of another genesis › is GENESIS_MISMATCH on both sides': (bed) =>
      refusesGenesis(bed, true),
    'hello › the dialled one is of another genesis › is GENESIS_MISMATCH on both sides': (bed) =>
      refusesGenesis(bed, false),
    'hello › the version differs › is VERSION': refusesVersion,
    'hello › the nonce has another length › is MALFORMED': refusesNonce,
    'hello › the dialler signs something else › is BAD_SIGNATURE': refusesDialler,
    'hello › the dialled one signs something else › is BAD_SIGNATURE': refusesDialled,
    'hello › a key without a signature › is BAD_SIGNATURE': refusesMissingSignature,
    'hello › the signature of one role in the other › is BAD_SIGNATURE': refusesReflection,
    'hello › a signature of an earlier connection › is BAD_SIGNATURE': refusesReplay,
    'hello › relayed by a node in the middle › is BAD_SIGNATURE on both sides': refusesRelay,
    'hello › another key than the configured one answers › is no connection and a warning':
      refusesWrongPeer,
    'hello › the peer says nothing › is TIMEOUT': refusesSilence,
    'hello › the peer sends no frame of a hello › is MALFORMED': refusesNonsense,
    'hello › not complete › no other protocol is served': servesNothingBefore,
  })
}

async function provesCarriers(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const b = await bed.peer({
    validator: 1,
    peers: { outbound: [a.asStaticPeer] },
    override: { buildVersion: '1.2.3' },
  })
  await a.connectedTo(b)
  await b.connectedTo(a)
  checkSame(
    a.network.peers()[0]?.carrier,
    bed.committee.key(1).publicKey,
    'key proven to the dialled one',
  )
  checkSame(
    b.network.peers()[0]?.carrier,
    bed.committee.key(0).publicKey,
    'key proven to the dialler',
  )
  checkSame(a.network.peers()[0]?.buildVersion, '1.2.3', 'build version')
}

async function provesNothing(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const b = await bed.peer({ peers: { outbound: [a.asStaticPeer] } })
  await a.connectedTo(b)
  check(a.network.peers()[0]?.carrier === undefined, 'no key')
}

async function refusesGenesis(bed: TestBed, diallerIsOther: boolean): Promise<void> {
  const other = testCommittee(6, { chainId: 4711n })
  const a = await bed.peer({ validator: 0, ...(!diallerIsOther && { committee: other }) })
  const outbound = { peers: { outbound: [a.asStaticPeer] } }
  const b = await bed.peer({
    validator: 0,
    ...outbound,
    ...(diallerIsOther && { committee: other }),
  })
  await a.sees('peerRefused')
  await b.sees('peerRefused')
  check(a.refusals[0]?.startsWith('GENESIS_MISMATCH') === true, `the dialled one: ${a.refusals[0]}`)
  check(b.refusals[0]?.startsWith('GENESIS_MISMATCH') === true, `the dialler: ${b.refusals[0]}`)
  check(a.network.peers().length + b.network.peers().length === 0, 'nobody is connected')
}

async function refusesVersion(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  await checkRejects(
    m.connect(a.asStaticPeer, { genesis, protocolVersion: 2 }),
    'VERSION',
    'version 2',
  )
  await a.sees('peerRefused')
  checkSame(a.refusals, ['VERSION by us'], 'refusals')
}

async function refusesNonce(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  await checkRejects(
    m.connect(a.asStaticPeer, { genesis, nonce: new Uint8Array(31) }),
    'MALFORMED',
    'nonce',
  )
}

async function refusesDialler(bed: TestBed): Promise<void> {
  const a = await bed.peer({ validator: 0 })
  const m = await bed.raw()
  const { genesis } = bed.committee
  const validator = signerOf(bed.committee, 1)
  const hello = {
    genesis,
    validator,
    transcript: <T extends object>(right: T): T => ({ ...right, genesisHash: new Uint8Array(32) }),
  }
  await checkRejects(m.connect(a.asStaticPeer, hello), 'BAD_SIGNATURE', 'dialler')
  await a.sees('peerRefused')
  checkSame(a.refusals, ['BAD_SIGNATURE by us'], 'refusals')
}

async function refusesDialled(bed: TestBed): Promise<void> {
  const m = await bed.raw()
  const a = await bed.peer({ validator: 0, peers: { outbound: [m.asStaticPeer] } })
  const [connection, stream] = await m.accept(protocols.hello)
  const hello = {
    genesis: bed.committee.genesis,
    validator: signerOf(bed.committee, 1),
    transcript: <T extends object>(right: T): T => ({
      ...right,
      initiatorNonce: new Uint8Array(32),
    }),
  }
  await checkRejects(m.sayHello(connection, stream, hello), 'BAD_SIGNATURE', 'dialled one')
  await a.sees('peerRefused')
  checkSame(a.refusals[0], 'BAD_SIGNATURE by us', 'refusal')
}

async function refusesMissingSignature(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const connection = await m.dial(a.asStaticPeer)
  const stream = await m.open(connection, protocols.hello)
  const theirs = await hear(stream)
  check(theirs.kind === 'hello', 'hello')
  const validatorKey = bed.committee.key(1).publicKey
  const nonce = systemRandom.bytes(32)
  await say(stream, { kind: 'hello', hello: { ...theirs.hello, nonce, validatorKey } })
  await say(stream, { kind: 'auth', signature: undefined })
  await hear(stream)
  await checkRejects(hear(stream), 'BAD_SIGNATURE', 'no signature')
}

async function refusesReflection(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const hello = {
    genesis: bed.committee.genesis,
    validator: signerOf(bed.committee, 1),
    role: 'responder',
  } as const
  await checkRejects(m.connect(a.asStaticPeer, hello), 'BAD_SIGNATURE', 'role')
}

async function refusesReplay(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const { genesis } = bed.committee
  const honest = signerOf(bed.committee, 1)
  let earlier: Uint8Array | undefined
  const recording = {
    ...honest,
    sign: async (...args: Parameters<typeof honest.sign>) => (earlier = await honest.sign(...args)),
  }
  const nonce = systemRandom.bytes(32)
  const { connection } = await m.connect(a.asStaticPeer, { genesis, validator: recording, nonce })
  await a.connectedTo(m)
  connection.abort(new Error('again'))
  await a.sees('peerDisconnected')
  const replaying = { ...honest, sign: () => Promise.resolve(earlier ?? new Uint8Array()) }
  await checkRejects(
    m.connect(a.asStaticPeer, { genesis, validator: replaying, nonce }),
    'BAD_SIGNATURE',
    'replay',
  )
}

async function refusesRelay(bed: TestBed): Promise<void> {
  const m = await bed.raw()
  const a = await bed.peer({ validator: 0, peers: { outbound: [m.asStaticPeer] } })
  const b = await bed.peer({ validator: 1 })
  const [, towardsA] = await m.accept(protocols.hello)
  const towardsB = await m.open(await m.dial(b.asStaticPeer), protocols.hello)
  const relay = async (from: typeof towardsA, to: typeof towardsA): Promise<void> => {
    for (let frame = await from.receive(); frame; frame = await from.receive()) await to.send(frame)
  }
  const relays = Promise.allSettled([relay(towardsA, towardsB), relay(towardsB, towardsA)])
  await a.sees('peerRefused')
  await b.sees('peerRefused')
  check(a.refusals[0]?.startsWith('BAD_SIGNATURE') === true, `one side: ${a.refusals[0]}`)
  check(b.refusals[0]?.startsWith('BAD_SIGNATURE') === true, `other side: ${b.refusals[0]}`)
  await m[Symbol.asyncDispose]()
  await relays
}

async function refusesWrongPeer(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const stranger = await bed.peer()
  const b = await bed.peer({ peers: { outbound: [{ key: stranger.key, addr: a.address }] } })
  await b.sees('warning')
  checkSame(b.eventsOf('warning')[0]?.error.code, 'NETWORK_WRONG_PEER', 'warning')
  check(b.network.peers().length === 0, 'no connection')
}

async function refusesSilence(bed: TestBed): Promise<void> {
  const a = await bed.peer({ limits: { helloTimeoutMs: 100 } })
  const m = await bed.raw()
  const connection = await m.dial(a.asStaticPeer)
  await connection.closed
  await a.sees('peerRefused')
  checkSame(a.refusals, ['TIMEOUT by us'], 'refusals')
}

async function refusesNonsense(bed: TestBed): Promise<void> {
  const a = await bed.peer()
  const m = await bed.raw()
  const stream = await m.open(await m.dial(a.asStaticPeer), protocols.hello)
  await stream.send(Uint8Array.of(0xff, 0xff, 0xff))
  await hear(stream)
  await checkRejects(hear(stream), 'MALFORMED', 'nonsense')
  await a.sees('peerRefused')
  checkSame(a.refusals, ['MALFORMED by us'], 'refusals')
}

async function servesNothingBefore(bed: TestBed): Promise<void> {
  const blocks = [bed.committee.block(0n)]
  const a = await bed.peer({ validator: 0, blocks })
  const m = await bed.raw()
  const connection = await m.dial(a.asStaticPeer)
  const pings = await m.open(connection, protocols.ping)
  const calls = await m.open(connection, protocols.getBlocks)
  let answers = 0
  for (const stream of [pings, calls]) {
    await stream.send(new Uint8Array(0))
    void stream.receive().then(
      () => answers++,
      () => undefined,
    )
  }
  await pause(100)
  check(answers === 0, 'something was served')
  const stream = await m.open(connection, protocols.hello)
  await m.sayHello(connection, stream, { genesis: bed.committee.genesis })
  await eventually('served after the hello', () => answers === 2)
}
