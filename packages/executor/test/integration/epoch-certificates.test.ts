import { verifyChain } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { createTestNetwork } from '../../testing/index.js'
import { certified, epochsOf, equal } from './planned-epochs.js'

const everyone = equal(0, 1, 2, 3, 4, 5)

it('a validator is cut off for several epochs › it gets their certificates from others, and serves light clients again', async () => {
  const epochs = epochsOf(4n, everyone, everyone, everyone, everyone, everyone)
  await using network = await createTestNetwork(6, { epochs })
  await network.waitForHeight(1n)
  network.partition([0, 1, 2, 3, 4], [5])
  await network.waitForHeight(14n, { nodes: network.nodes.slice(0, 5) })
  network.heal()
  await network.waitForHeight(17n)
  const late = network.at(5)
  const [first, ...rest] = await Promise.all(
    [0n, 1n, 2n, 3n, 4n].map((epoch) => certified(late, epoch)),
  )
  const block = await late.node.waitForBlock(17n)
  if (block.kind !== 'final' || first === undefined) throw new TypeError('no block')
  expect(verifyChain({ genesis: network.genesis, first, epochs: rest, block }).ok).toBe(true)
})

it('a full node comes when the committees have changed several times › it gets the certificates of all', async () => {
  const epochs = epochsOf(3n, equal(0, 1), equal(1, 2), equal(0, 2), equal(0, 1))
  await using network = await createTestNetwork(4, { epochs, start: false })
  for (const index of [0, 1, 2]) await network.at(index).start()
  await network.waitForHeight(11n)
  const late = await network.at(3).start()
  const faults: string[] = []
  late.on('peer:misbehaved', ({ rule }) => faults.push(rule))
  for (const epoch of [1n, 2n, 3n]) await certified(network.at(3), epoch)
  expect(faults).toEqual([])
})
