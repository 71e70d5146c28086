import { env } from 'node:process'
import { expect, it } from 'vitest'
import { createTestNetwork, type PlannedEpoch } from '../../testing/index.js'

/** The long form, `EPOCHS=10 EPOCH_BLOCKS=30`, takes about a minute. */
const epochCount = Number(env['EPOCHS'] ?? 4)
const epochBlocks = Number(env['EPOCH_BLOCKS'] ?? 8)

const validators = 9
const committeeSize = 6

/** Half of the committee of each epoch is not of the one before. */
const epochs = Array.from({ length: epochCount }, (_, i): PlannedEpoch => {
  const members = Array.from(
    { length: committeeSize },
    (__, k) => (i * (committeeSize / 2) + k) % validators,
  )
  return {
    firstBlock: BigInt(i * epochBlocks),
    weights: new Map(members.map((index) => [index, 1n])),
  }
})

it(
  `half of the committee every ${epochBlocks} blocks, for ${epochCount} epochs over TCP, one crash in each › one chain, nobody votes twice`,
  { timeout: 240_000 },
  async () => {
    await using network = await createTestNetwork(validators, {
      epochs,
      transport: 'tcp',
      store: 'level',
      viewTimeoutMs: 500,
    })
    for (const { firstBlock, weights } of epochs) {
      // The member crashes in its epoch, and is back before that ends: others that wait for it would be too few in the next.
      const victim = network.at([...weights.keys()].at(-1) ?? 0)
      await network.waitForHeight(firstBlock + 1n)
      await victim.kill()
      await network.waitForHeight(firstBlock + BigInt(Math.floor(epochBlocks / 2)))
      await victim.start()
    }
    const last = BigInt(epochCount * epochBlocks) - 1n
    await network.waitForHeight(last)
    expect(network.recorder.doubleVotes).toEqual([])
    const chains = await Promise.all(network.nodes.map((node) => network.blocks(node, 0n, last)))
    for (const [i, block] of (chains[0] ?? []).entries()) {
      if (block.kind !== 'final') throw new TypeError('a block from before genesis')
      expect(block.epoch).toBe(BigInt(Math.floor(i / epochBlocks)))
      for (const chain of chains) {
        const other = chain[i]
        expect(other?.kind === 'final' && other.payloadHash).toEqual(block.payloadHash)
      }
    }
  },
)
