import { describe, expect, test } from 'vitest'
import { hash32 } from '@zkstack/crypto'
import { formedQc, rejectionsOf, ReplicaHarness } from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

describe('replica commit', () => {
  test('replica commit › a quorum voted for the proposal › NewView with the QC is sent and the view ends', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    const effects = harness.commitBy([1, 2, 3, 4])
    const newView = effects.find((effect) => effect.type === 'broadcast')
    expect(newView?.message).toEqual({
      type: 'replicaNewView',
      value: { justification: { type: 'commit', qc: formedQc(effects) } },
    })
    expect(harness.view).toBe(2n)
  })

  test('replica commit › four of six voted › no QC; the fifth makes it; the sixth is OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    const vote = harness.vote()
    expect(formedQc(harness.commitBy([1, 2, 3]))).toBeUndefined()
    expect(formedQc(harness.commitBy([4], vote))).toBeDefined()
    expect(rejectionsOf(harness.commitBy([5], vote))).toMatchObject([
      { code: 'OLD', currentView: 2n },
    ])
  })

  test('replica commit › author is not in the schedule › NON_VALIDATOR_SIGNER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const other = new ReplicaHarness({ validators: 1, seed: 'other' }).committee
    const vote = harness.committee.commit(harness.view, harness.committee.header(0n, 'a'))
    expect(rejectionsOf(harness.replica.receive(other.signCommit(0, vote), 'nobody'))).toEqual([
      { code: 'NON_VALIDATOR_SIGNER' },
    ])
  })

  test('replica commit › its view is over › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    expect(rejectionsOf(replica.receive(committee.signCommit(1, vote)))).toEqual([
      { code: 'OLD', currentView: 1n, phase: 'prepare' },
    ])
  })

  test.each([
    ['the same', 'a', 'a'],
    ['another', 'a', 'b'],
  ])('replica commit › a second of %s block in one view › DUPLICATE_SIGNER', (_, one, two) => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signCommit(1, committee.commit(1n, committee.header(0n, one))))
    const second = committee.commit(1n, committee.header(0n, two))
    expect(rejectionsOf(replica.receive(committee.signCommit(1, second)))).toEqual([
      { code: 'DUPLICATE_SIGNER', view: 1n },
    ])
  })

  test('replica commit › of an older view than the author’s last › DUPLICATE_SIGNER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const header = committee.header(0n, 'a')
    replica.receive(committee.signCommit(1, committee.commit(5n, header)))
    const older = replica.receive(committee.signCommit(1, committee.commit(3n, header)))
    expect(rejectionsOf(older)).toEqual([{ code: 'DUPLICATE_SIGNER', view: 3n }])
  })

  test('replica commit › the signature is malformed › INVALID_SIGNATURE and no trace in the state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signCommit(1, committee.commit(1n, committee.header(0n, 'a')))
    const before = replica.state
    const effects = replica.receive({ ...vote, sig: new Uint8Array(vote.sig.length) })
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(replica.state).toBe(before)
  })

  test('replica commit › the genesis is another › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const foreign = { ...vote, view: { ...vote.view, genesis: hash32(new Uint8Array(32)) } }
    expect(rejectionsOf(replica.receive(committee.signCommit(1, foreign)))).toEqual([
      { code: 'INVALID_MESSAGE', reason: 'BAD_VIEW' },
    ])
  })

  test('replica commit › the epoch is another › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const foreign = { ...vote, view: { ...vote.view, epoch: 1n } }
    expect(rejectionsOf(replica.receive(committee.signCommit(1, foreign)))).toMatchObject([
      { code: 'INVALID_MESSAGE' },
    ])
  })

  test('replica commit › its view is 2^64−1 › INVALID_MESSAGE; 2^64−2 is taken', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const header = committee.header(0n, 'a')
    const last = replica.receive(committee.signCommit(1, committee.commit(maxView, header)))
    expect(rejectionsOf(last)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' }])
    const before = replica.receive(committee.signCommit(1, committee.commit(maxView - 1n, header)))
    expect(rejectionsOf(before)).toEqual([])
    expect(replica.state.votes.commit.latest[1]).toBe(maxView - 1n)
  })

  test('replica commit › for a proposal nobody has seen › it is counted, and a quorum makes the block final', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const vote = harness.committee.commit(1n, harness.committee.header(0n, 'unseen'))
    const effects = harness.commitBy([1, 2, 3, 4, 5], vote)
    expect(effects.map((effect) => effect.type)).toContain('finalized')
    // The payload is unknown: sync brings the block.
    expect(effects.map((effect) => effect.type)).not.toContain('saveBlock')
    expect(harness.view).toBe(2n)
  })

  test('replica commit › one votes for another block › five good votes make the QC for theirs', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    harness.propose()
    harness.commitBy([1], committee.commit(1n, committee.header(0n, 'bad')))
    const qc = formedQc(harness.commitBy([2, 3, 4, 5]))
    if (qc === undefined || !('message' in qc)) throw new TypeError('not a CommitQC')
    expect(qc.message).toEqual(harness.vote())
    expect(qc.signers.indices()).toEqual([0, 2, 3, 4, 5])
  })

  test('replica commit › of a later view by a quorum › the replica jumps there', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const vote = harness.committee.commit(9n, harness.committee.header(0n, 'later'))
    harness.commitBy([1, 2, 3, 4, 5], vote)
    expect(harness.view).toBe(10n)
  })

  test('replica commit › 200 views from one author › one bucket with one vote is kept', () => {
    const harness = ReplicaHarness.inView1({ validators: 2 })
    const { committee, replica } = harness
    for (let view = 1n; view <= 200n; view += 1n) {
      replica.receive(committee.signCommit(1, committee.commit(view, committee.header(0n, 'a'))))
    }
    const { buckets } = replica.state.votes.commit
    expect([...buckets.keys()]).toEqual([200n])
    expect(buckets.get(200n)?.flatMap((group) => group.votes)).toHaveLength(1)
  })
})
