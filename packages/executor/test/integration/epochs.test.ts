import { describe, expect, it } from 'vitest'
import type { NodeEvents } from '../../src/index.js'
import {
  createTestNetwork,
  type PlannedEpoch,
  type TestNetwork,
  type TestNode,
} from '../../testing/index.js'

const equal = (...members: number[]) => new Map(members.map((index) => [index, 1n]))

/** Epochs of a length, each with the members given. */
function epochsOf(length: bigint, ...members: readonly ReadonlyMap<number, bigint>[]) {
  return members.map((weights, i): PlannedEpoch => ({ firstBlock: BigInt(i) * length, weights }))
}

/** What a node says of epochs from now on. */
function rolesOf({ node }: TestNode): string[] {
  const roles: string[] = []
  node.on('epoch:changed', ({ epoch, role }: NodeEvents['epoch:changed']) => {
    roles.push(`${epoch} ${role}`)
  })
  return roles
}

/** Checks that every block was made by the committee of its epoch, and all nodes have the same ones. */
async function expectOneChain(network: TestNetwork, epochs: readonly PlannedEpoch[], to: bigint) {
  const chains = await Promise.all(network.nodes.map((node) => network.blocks(node, 0n, to)))
  for (const chain of chains) {
    for (const [i, block] of chain.entries()) {
      if (block.kind !== 'final') throw new TypeError('a block from before genesis')
      const epoch = epochs.findLastIndex(({ firstBlock }) => firstBlock <= block.number)
      expect(block.epoch).toBe(BigInt(epoch))
      const first = chains[0]?.[i]
      expect(first?.kind === 'final' && first.payloadHash).toEqual(block.payloadHash)
    }
  }
}

describe('epochs', () => {
  it('half of the committee is replaced again and again › one chain, each block of its committee', async () => {
    const epochs = epochsOf(
      5n,
      equal(0, 1, 2, 3, 4, 5),
      equal(0, 1, 2, 6, 7, 8),
      equal(3, 4, 5, 6, 7, 8),
      equal(0, 1, 2, 3, 4, 5),
    )
    await using network = await createTestNetwork(9, { epochs, announcedBlocks: 2n })
    const roles = network.nodes.map(rolesOf)
    await network.waitForHeight(18n)
    expect(network.recorder.doubleVotes).toEqual([])
    await expectOneChain(network, epochs, 18n)
    expect(roles[0]).toEqual(['0 validator', '1 validator', '2 full', '3 validator'])
    expect(roles[6]).toEqual(['0 full', '1 validator', '2 validator', '3 full'])
  })
})
