import { labelOf, decodeSigned, type MessageLabel } from '@zkstack/roles'
import { describe, expect, it } from 'vitest'
import { createTestNetwork, type TestNetwork } from '../../testing/index.js'
import { chainOf, expectEqualChains } from './helpers.js'

type Phase = 'prepare' | 'commit' | 'timeout'

/** Which messages must get lost for the whole committee to come to rest in a phase. */
const LOST: Readonly<Record<Phase, readonly MessageLabel[]>> = {
  // The view has begun, its leader's proposal reaches nobody.
  prepare: ['LeaderProposalV2'],
  // All have voted, nobody gets to hear it.
  commit: ['ReplicaCommitV2'],
  // No proposal, the views have timed out, nobody gets to hear that either.
  timeout: ['LeaderProposalV2', 'ReplicaTimeoutV2'],
}

/** Waits until all replicas show the phase, ten times in a row, so that none merely passes through. */
async function waitForPhase(network: TestNetwork, phase: Phase): Promise<void> {
  let inARow = 0
  for (let i = 0; i < 5_000 && inARow < 10; i++) {
    const phases = network.nodes.map(({ node }) => node.inspect().replica?.phase)
    // The leader of a view hears its own proposal, and votes.
    const others = phases.filter((p) => p !== phase).length
    inARow = others <= (phase === 'prepare' ? 1 : 0) ? inARow + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  if (inARow >= 10) return
  throw new Error(`the committee did not come to rest in ${phase}`)
}

function lose(network: TestNetwork, labels: readonly MessageLabel[]): void {
  const { scheme } = network.genesis
  network.wire.onFrame = ({ protocol, frame }) => {
    if (!protocol.includes('consensus')) return 'deliver'
    return labels.includes(labelOf(decodeSigned(frame, scheme).msg)) ? 'drop' : 'deliver'
  }
}

describe('restarting all validators at once', { timeout: 120_000 }, () => {
  for (const phase of ['prepare', 'commit', 'timeout'] as const) {
    for (const store of ['memory', 'level'] as const) {
      it(`killed in ${phase}, ${store} store › progress goes on, nobody votes twice`, async () => {
        const viewTimeoutMs = phase === 'timeout' ? 300 : 3_000
        await using network = await createTestNetwork(6, { store, viewTimeoutMs })
        await network.waitForHeight(2n)
        lose(network, LOST[phase])
        await waitForPhase(network, phase)
        await network.killAll()
        network.wire.onFrame = () => 'deliver'
        const height = chainOf(network.at(0)).height ?? 0n
        await network.startAll()
        await network.waitForHeight(height + 5n)
        await expectEqualChains(network, height + 5n)
        expect(network.recorder.doubleVotes).toEqual([])
      })
    }
  }

  it('killed at random moments, four times › progress goes on, nobody votes twice', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    let height = 2n
    for (let i = 0; i < 4; i++) {
      await network.waitForHeight(height)
      await new Promise((resolve) => setTimeout(resolve, 7 * i))
      await network.killAll()
      await network.startAll()
      height =
        network.nodes.map((n) => chainOf(n).height ?? 0n).reduce((a, b) => (a > b ? a : b)) + 3n
    }
    await network.waitForHeight(height)
    await expectEqualChains(network, height)
    expect(network.recorder.doubleVotes).toEqual([])
  })

  it('negative control: votes forgotten in the kill › the recorder finds the double vote', async () => {
    await using network = await createTestNetwork(6, { viewTimeoutMs: 300 })
    await network.waitForHeight(5n)
    await network.killAll()
    for (const node of network.nodes) {
      await network.wipe(node)
      chainOf(node).reset()
    }
    // Other payloads than before: an amnesiac committee decides other blocks in the views it has voted in.
    for (const node of network.nodes) chainOf(node).salt = 1
    await network.startAll()
    // the committee comes through all the views again in which it has voted
    const kinds = (): string[] => network.recorder.doubleVotes.map(({ kind }) => kind)
    await expect.poll(kinds).toContain('commit')
  })
})
