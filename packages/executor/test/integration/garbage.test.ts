import { seededRandom } from '@zkstack/concurrency'
import type { SeededRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { protocols } from '@zkstack/network'
import { describe, expect, it } from 'vitest'
import { createTestNetwork, type TestNetwork, type TestNode } from '../../testing/index.js'
import { chainOf, expectEqualChains } from './helpers.js'

const seed = process.env['SEED'] ?? '1'

/** Some bytes changed, cut away, put in, or all of them noise. */
function damage(frame: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.uint32() % Math.max(1, frame.length)
  const few = 1 + (random.uint32() % 8)
  switch (random.uint32() % 5) {
    case 0:
      return frame.map((byte, i) => (i === at ? byte ^ (1 << (random.uint32() % 8)) : byte))
    case 1:
      return frame.slice(0, at)
    case 2:
      return Uint8Array.of(...frame.slice(0, at), ...frame.slice(at + few))
    case 3:
      return Uint8Array.of(...frame.slice(0, at), ...random.bytes(few), ...frame.slice(at))
    default:
      return random.bytes(random.uint32() % 300)
  }
}

/** From now on the frames of a node are damaged on these protocols, each with this chance. */
function corrupt(
  network: TestNetwork,
  bad: TestNode,
  o: { readonly on: readonly string[]; readonly chance: number },
): void {
  const random = seededRandom(`garbage/${seed}`)
  network.wire.onFrame = ({ from, protocol, frame }) =>
    bytesEqual(from, bad.key) && o.on.includes(protocol) && random.float() < o.chance
      ? damage(frame, random)
      : 'deliver'
}

describe('a validator that sends garbage', { timeout: 120_000 }, () => {
  it.each([
    ['in half of its consensus frames', [protocols.consensus], 0.5],
    ['in half of its frames of every protocol', Object.values(protocols), 0.5],
    ['always', Object.values(protocols), 1],
  ])('%s › only it is accused, the others go on and agree', async (_, on, chance) => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 200 })
    await network.waitForHeight(2n)
    const bad = network.at(5)
    const others = network.nodes.slice(0, 5)
    const accused: Uint8Array[] = []
    const broken: string[] = []
    for (const { node } of others) {
      node.on('peer:misbehaved', ({ peer }) => accused.push(peer))
      node.on('invariant', ({ message }) => broken.push(message))
    }
    corrupt(network, bad, { on, chance })
    const height = (chainOf(network.at(0)).height ?? 0n) + 20n
    await network.waitForHeight(height, { nodes: others })
    await expect.poll(() => accused.length).toBeGreaterThan(0)
    expect(
      accused.every((peer) => bytesEqual(peer, bad.key)),
      `SEED=${seed}`,
    ).toBe(true)
    expect(broken).toEqual([])
    await bad.stop()
    await expectEqualChains(network, height)
    expect(network.recorder.doubleVotes).toEqual([])
  })
})
