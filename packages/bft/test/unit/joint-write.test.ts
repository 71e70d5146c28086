import { createFinalBlock } from '@zkstack/roles'
import { afterEach, describe, expect, test } from 'vitest'
import { bytesOf, byTimeout, FakeJointStore, RunnerRig } from '@zkstack/bft/testing'

const rigs: RunnerRig[] = []

function rigOf(store: FakeJointStore): RunnerRig {
  const rig = new RunnerRig({ store })
  rigs.push(rig)
  return rig
}

/** A promise that the test resolves. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop()
})

describe('a store that writes a block and a state at once', () => {
  test('rule 22 › a block is final › both go into one write, and nothing is sent before', async () => {
    const store = new FakeJointStore()
    const rig = rigOf(store)
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const apart: string[] = []
    const disk = gate()
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    store.beforeWrite = async (what) => {
      apart.push(what)
    }
    store.beforeBoth = () => disk.opened
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const votes = [1, 2, 3, 4].map((index) => rig.deliver(committee.signCommit(index, vote)))
    await rig.settle()
    const before = rig.sentOf('replicaNewView').length
    expect(store.blocks).toEqual([])
    disk.open()
    await Promise.all(votes)
    await rig.settle()
    expect(store.blocks).toMatchObject([{ number: 0n }])
    expect(await store.load(rig.key)).toMatchObject({ view: 2n, phase: 'prepare' })
    expect(rig.sentOf('replicaNewView')).toHaveLength(before + 1)
    expect(apart).toEqual([])
  })

  test('rule 22 › the block was stored by sync already › the state is written alone, and that is what is told to be written', async () => {
    const store = new FakeJointStore()
    const rig = rigOf(store)
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    store.beforeBoth = async () => {
      throw new Error('the store has this block')
    }
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const disk = gate()
    const rest = gate()
    store.beforeWrite = (what) => (what === 'block' ? disk.opened : rest.opened)
    const synced = rig.blocks.push(createFinalBlock(bytesOf('a'), committee.commitQc(vote)))
    const votes = [1, 2, 3, 4].map((index) => rig.deliver(committee.signCommit(index, vote)))
    await rig.settle()
    expect(rig.runner.snapshot().writing?.what).toBe('block')
    disk.open()
    await synced
    await rig.settle()
    expect(rig.runner.snapshot().writing?.what).toBe('state')
    rest.open()
    await Promise.all(votes)
    await rig.settle()
    expect(await store.load(rig.key)).toMatchObject({ view: 2n, phase: 'prepare' })
  })
})
