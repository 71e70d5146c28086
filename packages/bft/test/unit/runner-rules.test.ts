import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock, Watch } from '@zkstack/concurrency'
import { createFinalBlock, type FinalBlock } from '@zkstack/roles'
import { byCommit, bytesOf, byTimeout, createCommittee, RunnerRig } from '@zkstack/bft/testing'
import type { RunnerRigOptions } from '@zkstack/bft/testing'
import { InputQueue } from '../../src/runner/input-queue.js'

const rigs: RunnerRig[] = []

function rigOf(o?: RunnerRigOptions): RunnerRig {
  const rig = new RunnerRig(o)
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

describe('durability', () => {
  test('rule 22 › the disk has not acknowledged a final block › the state that enters the next view is not written until it has', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const disk = gate()
    const views: bigint[] = []
    rig.store.beforeWrite = async (what) => {
      if (what === 'block') await disk.opened
    }
    rig.store.written = (what, value) => {
      if (what === 'state' && 'view' in value) views.push(value.view)
    }
    await rig.deliver(committee.signProposal(1, byTimeout(committee.timeoutQc(0n)), bytesOf('a')))
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const votes = [1, 2, 3, 4].map((author) =>
      rig.runner.deliver(committee.signCommit(author, vote), committee.key(author)),
    )
    await rig.settle()
    expect(rig.runner.snapshot().view).toBe(2n)
    expect(views).toEqual([1n])
    disk.open()
    for (const taken of votes) await taken
    await rig.settle()
    expect(views).toEqual([1n, 2n])
  })

  test('rule 22 › a final block waits for the one before, and then is not written › run rejects with the StorageError', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const zero = committee.commitQc(committee.commit(1n, committee.header(0n, 'zero')))
    const one = committee.commitQc(committee.commit(2n, committee.header(1n, 'one')))
    await rig.deliver(committee.signProposal(2, byCommit(zero), bytesOf('one')))
    await rig.deliver(committee.signNewView(3, byCommit(one)))
    expect(rig.blocks.size.blocks).toBe(1)
    rig.store.beforeWrite = async (what) => {
      if (what === 'block') throw new Error('bad sector')
    }
    await expect(rig.blocks.push(createFinalBlock(bytesOf('zero'), zero))).rejects.toThrow()
    expect(await rig.ended).toMatchObject({ name: 'StorageError' })
  })

  test('rule 22 › the replica is stopped while a state is written › what the state decided is not begun', async () => {
    const views: bigint[] = []
    const rig = rigOf({
      index: 1,
      execution: {
        propose: async ({ view }) => {
          views.push(view)
          return null
        },
        verify: async () => ({ ok: true }),
      },
    })
    await rig.start()
    const disk = gate()
    rig.store.beforeWrite = () => disk.opened
    const { committee } = rig
    const entered = rig.runner.deliver(
      committee.signNewView(3, byTimeout(committee.timeoutQc(0n))),
      committee.key(3),
    )
    await rig.settle()
    expect(rig.runner.snapshot()).toMatchObject({ view: 1n, writing: { what: 'state' } })
    rig.ctx.cancel()
    disk.open()
    await rig.ended
    await entered
    expect(views).toEqual([])
  })
})

describe('what the state machine is told', () => {
  test('blocks › the block before is on disk, and not applied › the proposal waits until it is', async () => {
    const applied = new Watch(0n)
    const rig = rigOf({ applied })
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const zero = committee.commitQc(committee.commit(1n, committee.header(0n, 'zero')))
    await rig.blocks.push(createFinalBlock(bytesOf('zero'), zero))
    await rig.deliver(committee.signProposal(2, byCommit(zero), bytesOf('one')))
    expect(rig.runner.snapshot().awaits).toContainEqual({ type: 'previousBlock', number: 0n })
    applied.set(1n)
    await rig.settle()
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
  })

  /** The final block 0 of a later view, as sync brings it. */
  const finalBlock = ({ committee }: RunnerRig): FinalBlock => {
    const qc = committee.commitQc(committee.commit(3n, committee.header(0n, 'final')))
    return createFinalBlock(bytesOf('final'), qc)
  }

  test('blocks › sync brings another block of a later view while the proposal is judged › no vote, and the replica goes on', async () => {
    const judged = gate()
    const rig = rigOf({
      execution: {
        propose: async () => null,
        verify: async () => {
          await judged.opened
          return { ok: true }
        },
      },
    })
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    const first = byTimeout(committee.timeoutQc(0n))
    await rig.deliver(committee.signProposal(committee.leader(1n), first, bytesOf('late')))
    expect(rig.runner.snapshot().awaits).toContainEqual({ type: 'payloadVerdict', number: 0n })
    await rig.blocks.push(finalBlock(rig))
    judged.open()
    await rig.settle()
    expect(rig.sentOf('replicaCommit')).toEqual([])
    expect(rig.runner.snapshot().status).toBe('running')
  })

  test('blocks › a block was proposed again before another became final in a later view › the late vote breaks no invariant', async () => {
    const rig = rigOf()
    await rig.start()
    await rig.timeoutView()
    const { committee } = rig
    await rig.blocks.push(finalBlock(rig))
    const highVote = committee.commit(0n, committee.header(0n, 'late'))
    const timeout = committee.timeout(0n, { highVote })
    const qc = byTimeout(committee.timeoutQc(0n, [[timeout, committee.everybody()]]))
    await rig.deliver(committee.signProposal(committee.leader(1n), qc, undefined))
    expect(rig.sentOf('replicaCommit')).toHaveLength(1)
    expect(rig.events.filter(({ type }) => type === 'invariant')).toEqual([])
    expect(rig.runner.snapshot().status).toBe('running')
  })

  test('rule 13 › answers wait when the timer is due › the timer comes first', () => {
    const clock = new ManualClock()
    const inputs = new InputQueue(clock, createCommittee({ validators: 1 }).schedule)
    inputs.setTimer(clock.now())
    inputs.push({ type: 'payloadProposed', view: 1n, payload: undefined })
    expect(inputs.next()?.input.type).toBe('tick')
    expect(inputs.next()?.input.type).toBe('payloadProposed')
    expect(inputs.next()).toBeUndefined()
    inputs.close()
  })
})

describe('carriers', () => {
  test('rule 2 › a message comes with the key of another validator › it is a relayed one, and the carrier answers for it', async () => {
    const rig = rigOf()
    await rig.start()
    const { committee } = rig
    const vote = committee.signTimeout(2, committee.timeout(0n))
    await rig.deliver(committee.forge(vote), committee.key(4))
    expect(rig.events).toContainEqual({
      type: 'misbehaved',
      key: committee.key(4),
      rule: 'RELAYED_INVALID',
    })
    expect(rig.runner.snapshot().timeouts.unverified).toEqual([0])
    await rig.deliver(vote)
    expect(rig.runner.snapshot().timeouts.unverified).toEqual([0, 2])
  })
})
