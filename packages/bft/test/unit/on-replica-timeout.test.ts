import { describe, expect, test } from 'vitest'
import { hash32 } from '@zkstack/crypto'
import { verifyTimeoutQC } from '@zkstack/roles'
import type { TimeoutQC } from '@zkstack/roles'
import { formedQc, rejectionsOf, ReplicaHarness } from '@zkstack/bft/testing'
import type { StepReplica } from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

function formedTimeoutQc(effects: Parameters<typeof formedQc>[0]): TimeoutQC {
  const qc = formedQc(effects)
  if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC was formed')
  return qc
}

function checksOf(replica: StepReplica): number {
  return replica.effects.filter((effect) => effect.type === 'verify').length
}

describe('replica timeout', () => {
  test('replica timeout › a quorum timed out › NewView with the QC is sent and the view ends', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.timeoutView()
    const qc = formedTimeoutQc(effects)
    expect(effects).toContainEqual({
      type: 'broadcast',
      message: { type: 'replicaNewView', value: { justification: { type: 'timeout', qc } } },
    })
    expect(harness.view).toBe(2n)
    expect(verifyTimeoutQC(qc, harness.committee.scope).ok).toBe(true)
  })

  test('replica timeout › author is not in the schedule › NON_VALIDATOR_SIGNER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const other = new ReplicaHarness({ validators: 1, seed: 'other' }).committee
    const vote = other.signTimeout(0, harness.committee.timeout(1n))
    expect(rejectionsOf(harness.replica.receive(vote, 'nobody'))).toEqual([
      { code: 'NON_VALIDATOR_SIGNER' },
    ])
  })

  test('replica timeout › its view is over › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(1, committee.timeout(0n))
    expect(rejectionsOf(replica.receive(vote))).toMatchObject([{ code: 'OLD', currentView: 1n }])
  })

  test.each(['the same', 'another'])(
    'replica timeout › a second of the same view with %s high vote › DUPLICATE_SIGNER',
    (which) => {
      const harness = ReplicaHarness.inView1({ validators: 6 })
      const { committee, replica } = harness
      replica.receive(committee.signTimeout(1, committee.timeout(1n)))
      const highVote =
        which === 'another' ? committee.commit(1n, committee.header(0n, 'a')) : undefined
      const second = committee.signTimeout(1, committee.timeout(1n, { highVote }))
      expect(rejectionsOf(replica.receive(second))).toEqual([
        { code: 'DUPLICATE_SIGNER', view: 1n },
      ])
    },
  )

  test('replica timeout › the signature is malformed › INVALID_SIGNATURE and no trace in the state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const before = replica.state
    const vote = committee.signTimeout(1, committee.timeout(1n))
    const effects = replica.receive({ ...vote, sig: new Uint8Array(vote.sig.length + 1) })
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(replica.state).toBe(before)
  })

  test('replica timeout › the genesis, the high vote or the high QC is foreign › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const genesis = hash32(new Uint8Array(32))
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const foreign = { ...vote, view: { ...vote.view, genesis } }
    const good = committee.timeout(1n)
    const cases = [
      { ...good, view: { ...good.view, genesis } },
      { ...good, highVote: foreign },
      { ...good, highQc: committee.commitQc(foreign) },
      { ...good, highQc: committee.commitQc(vote, [1, 2]) },
    ]
    const reasons = cases.map((message) =>
      rejectionsOf(replica.receive(committee.signTimeout(1, message))),
    )
    expect(reasons).toEqual([
      [{ code: 'INVALID_MESSAGE', reason: 'BAD_VIEW' }],
      [{ code: 'INVALID_MESSAGE', reason: 'INVALID_HIGH_VOTE' }],
      [{ code: 'INVALID_MESSAGE', reason: 'INVALID_HIGH_QC' }],
      [{ code: 'INVALID_MESSAGE', reason: 'INVALID_HIGH_QC' }],
    ])
  })

  test('replica timeout › its view is 2^64−1 › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const effects = replica.receive(committee.signTimeout(1, committee.timeout(maxView)))
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' }])
  })

  test('replica timeout › four of six › no QC; the fifth makes it; the sixth is OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.expire()
    expect(formedQc(harness.timeoutBy([1, 2, 3]))).toBeUndefined()
    expect(formedQc(harness.timeoutBy([4]))).toBeDefined()
    const sixth = replica.receive(committee.signTimeout(5, committee.timeout(1n)))
    expect(rejectionsOf(sixth)).toMatchObject([{ code: 'OLD' }])
  })

  test('replica timeout › three voted for a block and two did not › together a quorum, and the block is the high vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const highVote = committee.commit(1n, committee.header(0n, 'a'))
    for (const index of [1, 2, 3]) {
      replica.receive(committee.signTimeout(index, committee.timeout(1n, { highVote })))
    }
    const effects = [4, 5].flatMap((index) =>
      replica.receive(committee.signTimeout(index, committee.timeout(1n))),
    )
    const qc = formedTimeoutQc(effects)
    expect(qc.entries.map((entry) => entry.signers.indices()).sort()).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    replica.receive(committee.signProposal(2, { type: 'timeout', qc }, undefined))
    expect(harness.vote().proposal).toEqual(highVote.proposal)
  })

  test('replica timeout › ten with ten different high QCs of one block › one TimeoutQC that verifies', () => {
    const harness = ReplicaHarness.inView1({ validators: 11 })
    const { committee, replica } = harness
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const everybody = committee.everybody()
    const effects = harness.others.slice(0, 10).flatMap((index) => {
      const highQc = committee.commitQc(
        vote,
        everybody.filter((signer) => signer !== index),
      )
      return replica.receive(committee.signTimeout(index, committee.timeout(1n, { highQc })))
    })
    const qc = formedTimeoutQc(effects)
    expect(qc.entries.length).toBe(9)
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
    // The highest embedded QC is taken over with it.
    expect(replica.state.highCommitQc?.message).toEqual(vote)
  })

  test('replica timeout › 200 views from one author › one bucket with one vote is kept', () => {
    const harness = ReplicaHarness.inView1({ validators: 2 })
    const { committee, replica } = harness
    for (let view = 1n; view <= 200n; view += 1n) {
      replica.receive(committee.signTimeout(1, committee.timeout(view)))
    }
    const { buckets } = replica.state.votes.timeout
    expect([...buckets.keys()]).toEqual([200n])
    expect(checksOf(replica)).toBe(1)
  })

  test('replica timeout › of a later view by a quorum › the replica jumps there', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    for (const index of harness.others) {
      replica.receive(committee.signTimeout(index, committee.timeout(5n)))
    }
    expect(harness.view).toBe(6n)
  })
})
