import { describe, expect, test } from 'vitest'
import { checkInvariants, createInvariantMonitor } from '@zkstack/bft'
import type { Effect } from '@zkstack/bft'
import type { CommitQC } from '@zkstack/roles'
import {
  byCommit,
  bytesOf,
  createCommittee,
  rejectionsOf,
  ReplicaHarness,
} from '@zkstack/bft/testing'

const blocks = (next: bigint, last?: bigint) =>
  ({ type: 'blockPersisted', first: 0n, next, last }) as const

const typesOf = (effects: readonly Effect[]): readonly string[] => effects.map(({ type }) => type)

describe('the last block of an epoch', () => {
  test('it is known › it is proposed and voted for, the one after it is not', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.input(blocks(0n, 0n))
    harness.commitBlock()
    expect(harness.view).toBe(2n)
    expect(rejectionsOf(harness.propose(bytesOf('one too many')))).toEqual([
      { code: 'EPOCH_OVER', lastBlock: 0n },
    ])
    expect(harness.phase).toBe('prepare')
  })

  test('negative control: it is not known › the next block is voted for', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.commitBlock()
    expect(rejectionsOf(harness.propose(bytesOf('next')))).toEqual([])
    expect(harness.phase).toBe('commit')
  })

  test('it turns out to be the one that a proposal waits for › no vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    replica.receive(committee.signProposal(4, byCommit(qc), bytesOf('next')))
    expect(rejectionsOf(replica.input(blocks(5n, 4n)))).toEqual([
      { code: 'EPOCH_OVER', lastBlock: 4n },
    ])
    expect(harness.phase).toBe('prepare')
    expect(replica.state.highVote).toBeUndefined()
  })

  test('told once › holds when later ranges do not repeat it', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.input(blocks(0n, 7n))
    harness.replica.input(blocks(0n))
    expect(harness.replica.state.lastBlock).toBe(7n)
  })

  test('we lead the view after it › the execution layer is asked for nothing', () => {
    const committee = createCommittee({ validators: 6 })
    // Index 2 leads view 2.
    const harness = ReplicaHarness.inView1({ committee, validators: 6, index: 2 })
    harness.replica.input(blocks(0n, 0n))
    const before = harness.replica.effects.length
    harness.commitBlock()
    expect(harness.view).toBe(2n)
    expect(typesOf(harness.replica.effects.slice(before))).not.toContain('propose')
  })

  test('negative control: we lead the view and the epoch goes on › it is asked', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, index: 2 })
    const before = harness.replica.effects.length
    harness.commitBlock()
    expect(typesOf(harness.replica.effects.slice(before))).toContain('propose')
  })
})

describe('the invariant monitor at the edge of an epoch', () => {
  const committee = createCommittee({ validators: 6 })

  const qcOf = (epoch: bigint, view: bigint, number: bigint, text = `${number}`): CommitQC => {
    const qc = committee.commitQc(committee.commit(view, committee.header(number, text)))
    const { message } = qc
    return { ...qc, message: { ...message, view: { ...message.view, epoch } } }
  }

  function codesOf(qcs: readonly CommitQC[]): readonly string[] {
    let monitor = createInvariantMonitor(undefined)
    return qcs.flatMap((qc) => {
      const header = qc.message.proposal
      const report = checkInvariants(monitor, { type: 'stored', header, qc })
      monitor = report.monitor
      return report.violations.map(({ code }) => code)
    })
  }

  test('views begin anew › nothing is broken', () => {
    expect(codesOf([qcOf(0n, 40n, 29n), qcOf(1n, 1n, 30n), qcOf(1n, 40n, 31n)])).toEqual([])
  })

  test('a block of the later epoch comes first › nothing is broken', () => {
    expect(codesOf([qcOf(1n, 1n, 30n), qcOf(0n, 40n, 29n)])).toEqual([])
  })

  test('negative control: two blocks of one height in two epochs › AGREEMENT', () => {
    expect(codesOf([qcOf(0n, 40n, 30n), qcOf(1n, 1n, 30n, 'another')])).toEqual(['AGREEMENT'])
  })

  test('negative control: the later epoch has the lower block › CHAIN', () => {
    expect(codesOf([qcOf(0n, 1n, 30n), qcOf(1n, 2n, 29n)])).toEqual(['CHAIN'])
  })
})
