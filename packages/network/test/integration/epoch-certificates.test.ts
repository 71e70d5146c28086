import type { EpochCertificate } from '@zkstack/roles'
import { encodeEpochCertificate, Signers } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { encodeGetEpochRequest } from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { RawPeer } from '../../testing/raw-peer.js'
import { TestPeer, type TestPeerOptions } from '../../testing/test-peer.js'

const committee = testCommittee(6)
const certificate: EpochCertificate = {
  signers: Signers.of(6, [0, 1, 2, 3, 4]),
  signature: new Uint8Array(5 * 64).fill(7),
}

/** Has the certificates given, and notes what it is asked for and what it takes. */
class Desk {
  readonly asked: bigint[] = []
  readonly taken: bigint[] = []
  constructor(
    readonly has: Map<bigint, EpochCertificate> = new Map(),
    readonly verdict = true,
  ) {}

  get(epoch: bigint): Promise<Uint8Array | undefined> {
    this.asked.push(epoch)
    const found = this.has.get(epoch)
    return Promise.resolve(found && encodeEpochCertificate(found))
  }

  take(epoch: bigint, got: EpochCertificate): Promise<boolean> {
    if (this.verdict) {
      this.taken.push(epoch)
      this.has.set(epoch, got)
    }
    return Promise.resolve(this.verdict)
  }
}

const hub = new MemoryHub()

function start(desk: Desk, o: Partial<TestPeerOptions> = {}): Promise<TestPeer> {
  const override = { epochCertificates: desk }
  return TestPeer.start({ committee, transport: memoryTransport(hub), override, ...o })
}

test('certificates of epochs › one peer has none, another has them › each is taken once', async () => {
  const rich = new Desk(
    new Map([
      [3n, certificate],
      [4n, certificate],
    ]),
  )
  const [poor, asker] = [new Desk(), new Desk()]
  await using a = await start(poor)
  await using b = await start(rich)
  await using c = await start(asker, { peers: { outbound: [a.asStaticPeer, b.asStaticPeer] } })
  c.network.wantEpochCertificate(3n)
  await c.connectedTo(a)
  await c.connectedTo(b)
  c.network.wantEpochCertificate(4n)
  await c.until('both', () => asker.taken.length === 2)
  expect(asker.taken.toSorted()).toEqual([3n, 4n])
  expect(asker.has.get(3n)).toEqual(certificate)
  expect(c.eventsOf('peerMisbehaved')).toEqual([])
})

test('certificates of epochs › a peer gets it later › it is asked again', async () => {
  const [late, asker] = [new Desk(), new Desk()]
  await using a = await start(late)
  await using b = await start(asker, {
    peers: { outbound: [a.asStaticPeer] },
    limits: { epochRetryMs: 20 },
  })
  b.network.wantEpochCertificate(3n)
  await b.until('the first answer', () => late.asked.length > 0)
  late.has.set(3n, certificate)
  await b.until('it', () => asker.taken.length === 1)
})

test('certificates of epochs › one that does not verify › ends the connection, and another peer is asked', async () => {
  const [lie, truth] = [1, 2].map(() => new Desk(new Map([[3n, certificate]])))
  const asker = new Desk(new Map(), false)
  if (lie === undefined || truth === undefined) throw new TypeError('two desks')
  await using a = await start(lie)
  await using b = await start(asker, { peers: { outbound: [a.asStaticPeer] } })
  b.network.wantEpochCertificate(3n)
  await b.sees('peerMisbehaved')
  expect(b.eventsOf('peerMisbehaved').map(({ rule }) => rule)).toEqual(['BAD_EPOCH'])
  await using c = await start(truth, { peers: { outbound: [b.asStaticPeer] } })
  await b.connectedTo(c)
  await b.until('the question', () => truth.asked.length > 0)
})

test('certificates of epochs › a peer asks without end › it is answered at its rate', async () => {
  const desk = new Desk()
  const limits = { epochRequestRate: { burst: 5, refreshMs: 3_600_000 } }
  await using a = await start(desk, { limits })
  await using raw = await RawPeer.start(memoryTransport(hub))
  const { connection } = await raw.connect(a.asStaticPeer, { genesis: committee.genesis })
  const stream = await raw.open(connection, protocols.getEpochs)
  for (let i = 0n; i < 20n; i++) await stream.send(encodeGetEpochRequest(i))
  await a.until('its burst', () => desk.asked.length === 5)
  await using honest = await start(new Desk(), { peers: { outbound: [a.asStaticPeer] } })
  honest.network.wantEpochCertificate(7n)
  await a.until('the question of another', () => desk.asked.includes(7n))
  expect(desk.asked).toEqual([0n, 1n, 2n, 3n, 4n, 7n])
})
