import { MemoryMetrics, seededRandom } from '@zkstack/concurrency'
import { signatureScheme } from '@zkstack/crypto'
import { Flooder, floods } from '@zkstack/network/testing'
import {
  generateValidatorKey,
  hashMsg,
  hashPayload,
  type ConsensusMsg,
  type Signed,
} from '@zkstack/roles'
import { expect, it } from 'vitest'
import { createTestNetwork, type TestNetwork } from '../../testing/index.js'
import { expectEqualChains } from './helpers.js'

/** Blocks that must become final while the flood lasts. */
const BLOCKS = 20n

/** Votes for the network's own next views, by validators that nobody knows. */
function votesOfStrangers({ genesis }: TestNetwork): Signed[] {
  const scheme = signatureScheme(2)
  if (scheme === undefined) throw new TypeError('there is no Ed25519')
  const random = seededRandom('strangers')
  return Array.from({ length: 50 }, (_, i) => {
    const view = { genesis: genesis.hash, number: BigInt(i), epoch: 0n }
    const proposal = { number: BigInt(i), payload: hashPayload(Uint8Array.of(i)) }
    const key = generateValidatorKey(scheme, random)
    const msg: ConsensusMsg = { type: 'replicaCommit', value: { view, proposal } }
    return { msg, key: key.publicKey, sig: key.sign(hashMsg(msg)) }
  })
}

/** A counter of the replica, over all of its labels that match. */
function countOf(metrics: MemoryMetrics, line: RegExp): number {
  const lines = metrics.openMetrics().split('\n')
  return lines
    .filter((text) => line.test(text))
    .reduce((sum, text) => sum + Number(text.split(' ').at(-1)), 0)
}

it('one of six validators is flooded over TCP in every way › all go on, the flooded one checks no more signatures than the others', async () => {
  const sinks = Array.from({ length: 6 }, () => new MemoryMetrics())
  await using network = await createTestNetwork(6, {
    transport: 'tcp',
    metrics: (index) => sinks[index] ?? new MemoryMetrics(),
  })
  await network.waitForHeight(2n)
  const victim = network.at(0)
  const { key, address = '' } = victim
  const flooder = new Flooder({
    genesis: network.genesis,
    target: { key, addr: address },
    votes: votesOfStrangers(network),
  })
  await using _ = flooder
  flooder.start()
  await expect.poll(() => flooder.counts.frames).toBeGreaterThan(100)
  const least = (): number => {
    const { streams, connections, sockets } = flooder.counts
    return Math.min(streams, connections, sockets)
  }
  await expect.poll(least).toBeGreaterThan(0)
  const height = (victim.node.status.head ?? 0n) + BLOCKS
  await network.waitForHeight(height)
  expect(sinks.map((sink) => countOf(sink, /blamed_total\{/))).toEqual([0, 0, 0, 0, 0, 0])
  // by far more frames than checks: had any of them been checked, the one that was flooded would have checked more
  const [flooded = 0, ...others] = sinks.map((sink) =>
    countOf(sink, /checks_total\{verdict="run"\}/),
  )
  expect(flooded).toBeGreaterThan(0)
  expect(flooded).toBeLessThanOrEqual(1.5 * Math.max(...others))
  const { held } = victim.node.inspect().network
  const keys = 5 + floods.length
  expect(Math.max(held.hellos, held.budgets, held.faults, held.knownPeers)).toBeLessThanOrEqual(
    keys,
  )
  expect(held.seenTransactions + held.queuedTransactions).toBeLessThanOrEqual(1)
  const { queuedMessages = 0, queuedChecks = 0 } = victim.node.inspect().replica ?? {}
  // what five members may have under way: four labels each
  expect(Math.max(queuedMessages, queuedChecks)).toBeLessThanOrEqual(4 * 6)
  await expectEqualChains(network, height)
}, 120_000)
