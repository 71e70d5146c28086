import { systemRandom } from '@zkstack/concurrency'
import { encodeSigned, generateNodeKey, parseSocketAddress } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import {
  validatorAddressDigest,
  type ValidatorAddress,
} from '../../src/addresses/validator-address.js'
import {
  encodeBlockRange,
  encodePeersRequest,
  encodeTransactions,
  encodeValidatorAddresses,
} from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { RawPeer, type RawHello } from '../../testing/raw-peer.js'
import { TestPeer } from '../../testing/test-peer.js'

const committee = testCommittee(6)
const { genesis } = committee
const nextEpoch = testCommittee(6, { epoch: 7n })
const others = testCommittee(6, { seed: 'another committee' })
const hub = new MemoryHub()

function address(who: number, version: bigint, by = committee): ValidatorAddress {
  const secret = by.keys[who]
  const addr = parseSocketAddress('127.0.0.1:1')
  if (!secret || !addr) throw new TypeError('a validator')
  const timestamp = { seconds: 0n, nanos: 0 }
  const nodeKey = generateNodeKey(systemRandom).publicKey
  const body = {
    validatorKey: secret.publicKey,
    nodeKey,
    address: { addr, version, timestamp },
  }
  return { ...body, signature: secret.sign(validatorAddressDigest(genesis.hash, body)) }
}

function vote(by: typeof committee, who: number, view: bigint): Uint8Array {
  const value = by.commit(view, view)
  return encodeSigned(by.sign(who, { type: 'replicaCommit', value }))
}

/** What an honest peer may send without knowing better, stream by stream. */
const innocence: readonly [string, string, readonly Uint8Array[]][] = [
  [
    'a stale address of a validator, which was right once',
    protocols.addresses,
    [encodeValidatorAddresses([address(1, 2n)]), encodeValidatorAddresses([address(1, 1n)])],
  ],
  [
    'the same address again',
    protocols.addresses,
    [encodeValidatorAddresses([address(1, 2n)]), encodeValidatorAddresses([address(1, 2n)])],
  ],
  [
    'addresses of a committee that we do not know yet',
    protocols.addresses,
    [encodeValidatorAddresses([address(1, 2n, others)])],
  ],
  ['an older address of ours', protocols.addresses, [encodeValidatorAddresses([address(0, 0n)])]],
  ['votes of an epoch that we do not know yet', protocols.consensus, [vote(nextEpoch, 1, 3n)]],
  ['a vote of a view that is long over', protocols.consensus, [vote(committee, 1, 0n)]],
  ['a vote of a validator that has left', protocols.consensus, [vote(others, 1, 3n)]],
  [
    'a range of blocks that has been pruned since',
    protocols.blocks,
    [encodeBlockRange({ first: 0n, next: 5n }), encodeBlockRange({ first: 5n, next: 5n })],
  ],
  [
    'a range that ends before an earlier one: its disk was replaced',
    protocols.blocks,
    [encodeBlockRange({ first: 0n, next: 5n }), encodeBlockRange({ first: 0n, next: 2n })],
  ],
  [
    'transactions that we have, or do not take',
    protocols.transactions,
    [encodeTransactions([Uint8Array.of(1)]), encodeTransactions([Uint8Array.of(1)])],
  ],
  [
    'a question for peers by who can be dialled nowhere',
    protocols.peers,
    [encodePeersRequest({ port: 0, ip: undefined })],
  ],
  [
    'its address as others do not see it',
    protocols.peers,
    [encodePeersRequest({ port: 1, ip: Uint8Array.of(10, 0, 0, 1) })],
  ],
  ['pings as fast as they come back', protocols.ping, [new Uint8Array(32), new Uint8Array(32)]],
]

const member = committee.keys[1]
const hellos: readonly [string, RawHello][] = [
  ['a stranger', { genesis }],
  [
    'a member',
    {
      genesis,
      validator: {
        publicKey: member?.publicKey ?? new Uint8Array(),
        sign: (hash) => Promise.resolve(member?.sign(hash) ?? new Uint8Array()),
      },
    },
  ],
]

for (const [who, hello] of hellos) {
  test.each(innocence)(
    `${who} that sends %s › stays connected, unblamed`,
    async (_, protocol, frames) => {
      await using a = await TestPeer.start({
        committee,
        transport: memoryTransport(hub),
        validator: 0,
      })
      a.judge = () => 'rejected'
      await using raw = await RawPeer.start(memoryTransport(hub))
      const { connection } = await raw.connect(a.asStaticPeer, hello)
      await a.connectedTo(raw)
      const stream = await raw.open(connection, protocol)
      for (const frame of frames) await stream.send(frame)
      // what is sent on another stream afterwards comes afterwards: the node has looked at all of it then
      const pings = await raw.open(connection, protocols.ping)
      await pings.send(new Uint8Array(32))
      await pings.receive()
      expect(a.eventsOf('peerMisbehaved')).toEqual([])
      expect(a.isConnectedTo(raw)).toBe(true)
    },
  )
}

test('a peer that was silent for once › may come back at once', async () => {
  await using a = await TestPeer.start({
    committee,
    transport: memoryTransport(hub),
    limits: { pingTimeoutMs: 100 },
  })
  await using raw = await RawPeer.start(memoryTransport(hub))
  for (let time = 1; time <= 3; time++) {
    await raw.connect(a.asStaticPeer, { genesis })
    await a.sees('peerDisconnected', time)
  }
  expect(a.eventsOf('peerDisconnected').map(({ code }) => code)).toEqual(
    Array.from({ length: 3 }, () => 'UNRESPONSIVE'),
  )
  expect(a.eventsOf('peerMisbehaved')).toEqual([])
})

test('a peer that is silent again and again › is out for a while', async () => {
  await using a = await TestPeer.start({
    committee,
    transport: memoryTransport(hub),
    limits: { pingTimeoutMs: 100, faultDecayMs: 3_600_000 },
  })
  await using raw = await RawPeer.start(memoryTransport(hub))
  // five make the score up, less what has decayed meanwhile
  for (let time = 1; time <= 6; time++) {
    await raw.connect(a.asStaticPeer, { genesis })
    await a.sees('peerDisconnected', time)
  }
  await expect(raw.connect(a.asStaticPeer, { genesis })).rejects.toMatchObject({ code: 'BANNED' })
})
