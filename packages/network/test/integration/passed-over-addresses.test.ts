import { systemRandom } from '@zkstack/concurrency'
import { generateNodeKey, parseSocketAddress, type EpochScope } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import {
  validatorAddressDigest,
  type ValidatorAddress,
} from '../../src/addresses/validator-address.js'
import { encodeValidatorAddresses } from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { RawPeer } from '../../testing/raw-peer.js'
import { TestPeer } from '../../testing/test-peer.js'

const committee = testCommittee(6)
const { genesis } = committee
const hub = new MemoryHub()

function address(who: number, version: bigint): ValidatorAddress {
  const secret = committee.keys[who]
  const addr = parseSocketAddress('127.0.0.1:1')
  if (!secret || !addr) throw new TypeError('a validator')
  const body = {
    validatorKey: secret.publicKey,
    nodeKey: generateNodeKey(systemRandom).publicKey,
    address: { addr, version, timestamp: { seconds: 0n, nanos: 0 } },
  }
  return { ...body, signature: secret.sign(validatorAddressDigest(genesis.hash, body)) }
}

/** A peer that has been told addresses, and learns of other committees later. */
async function told(
  lists: readonly (readonly ValidatorAddress[])[],
  first?: EpochScope,
): Promise<
  { readonly a: TestPeer; learn(committee: EpochScope | undefined): void } & AsyncDisposable
> {
  let scope = first
  const transport = (): ReturnType<typeof memoryTransport> => memoryTransport(hub)
  const a = await TestPeer.start({ committee, transport: transport(), scope: () => scope })
  const raw = await RawPeer.start(transport())
  const { connection } = await raw.connect(a.asStaticPeer, { genesis })
  const stream = await raw.open(connection, protocols.addresses)
  for (const list of lists) await stream.send(encodeValidatorAddresses(list))
  // what is sent on another stream afterwards comes afterwards
  const pings = await raw.open(connection, protocols.ping)
  await pings.send(new Uint8Array(32))
  await pings.receive()
  return {
    a,
    learn: (learnt) => {
      scope = learnt
      a.network.committeeChanged()
    },
    [Symbol.asyncDispose]: async () => {
      await raw[Symbol.asyncDispose]()
      await a[Symbol.asyncDispose]()
    },
  }
}

function versionsOf(a: TestPeer): bigint[] {
  return a.network.inspect().validatorAddresses.map(({ version }) => version)
}

test('addresses are told before the committee is known › count once it is', async () => {
  await using world = await told([[address(1, 3n), address(2, 4n)], [address(1, 2n)]])
  const { a, learn } = world
  expect(versionsOf(a)).toEqual([])
  learn(committee.scope)
  await a.until('both addresses', () => versionsOf(a).length === 2)
  expect(versionsOf(a).toSorted()).toEqual([3n, 4n])
})

test('an address that nobody signed is told before the committee is known › is blamed once it is', async () => {
  const wrong = { ...address(1, 3n), nodeKey: generateNodeKey(systemRandom).publicKey }
  await using world = await told([[wrong]])
  const { a, learn } = world
  expect(a.eventsOf('peerMisbehaved')).toEqual([])
  learn(committee.scope)
  await a.sees('peerMisbehaved')
  expect(a.eventsOf('peerMisbehaved')[0]?.rule).toBe('BAD_ADDRESS')
  expect(versionsOf(a)).toEqual([])
})

test('a committee does without a validator and the next has it again › its address is known again', async () => {
  await using world = await told([[address(1, 3n)]], committee.scope)
  const { a, learn } = world
  await a.until('the address', () => versionsOf(a).length === 1)
  learn(testCommittee(6, { seed: 'without it' }).scope)
  expect(versionsOf(a)).toEqual([])
  learn(committee.scope)
  expect(versionsOf(a)).toEqual([3n])
})
