import { describe, expect, test } from 'vitest'
import { byCommit, byTimeout, rejectionsOf, ReplicaHarness } from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

describe('replica new view', () => {
  test('replica new view › a CommitQC of our view › the replica enters the next', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const effects = replica.receive(committee.signNewView(3, byCommit(qc)))
    expect(rejectionsOf(effects)).toEqual([])
    expect(harness.view).toBe(2n)
    expect(replica.state.highCommitQc).toEqual(qc)
  })

  test('replica new view › a TimeoutQC of a later view › the replica jumps there and takes over its CommitQC', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const highQc = committee.commitQc(committee.commit(4n, committee.header(2n, 'a')))
    const qc = committee.timeoutQc(7n, [
      [committee.timeout(7n, { highQc }), [1]],
      [committee.timeout(7n), [2, 3, 4, 5]],
    ])
    replica.receive(committee.signNewView(3, byTimeout(qc)))
    expect(harness.view).toBe(8n)
    expect(replica.state.highCommitQc).toEqual(highQc)
    expect(replica.state.highTimeoutQc).toEqual(qc)
  })

  test('replica new view › of an older view › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.timeoutView()
    const qc = committee.commitQc(committee.commit(0n, committee.header(0n, 'a')))
    expect(rejectionsOf(replica.receive(committee.signNewView(3, byCommit(qc))))).toEqual([
      { code: 'OLD', currentView: 2n, phase: 'prepare' },
    ])
  })

  test('replica new view › of our view, not from its leader › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const newView = committee.signNewView(3, harness.justification())
    expect(rejectionsOf(replica.receive(newView))).toMatchObject([{ code: 'OLD' }])
  })

  test('replica new view › author is not in the schedule › NON_VALIDATOR_SIGNER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const other = new ReplicaHarness({ validators: 1, seed: 'other' }).committee
    const qc = harness.committee.timeoutQc(1n)
    const effects = harness.replica.receive(other.signNewView(0, byTimeout(qc)), 'nobody')
    expect(rejectionsOf(effects)).toEqual([{ code: 'NON_VALIDATOR_SIGNER' }])
  })

  test('replica new view › the signature is malformed › INVALID_SIGNATURE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const newView = committee.signNewView(3, byTimeout(committee.timeoutQc(1n)))
    const effects = replica.receive({ ...newView, sig: new Uint8Array(newView.sig.length) })
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
  })

  test('replica new view › relayed with a signature of another message › INVALID_SIGNATURE, and the carrier is blamed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = byTimeout(committee.timeoutQc(1n))
    const forged = { ...committee.signNewView(3, qc), sig: committee.signature(3, qc.qc.signature) }
    const effects = replica.receive(forged, 4)
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(effects).toContainEqual({ type: 'blamed', validator: 4, rule: 'RELAYED_INVALID' })
    expect(harness.view).toBe(1n)
  })

  test('replica new view › the QC is of another epoch › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(5n, committee.header(0n, 'a'))
    const foreign = committee.commitQc({ ...vote, view: { ...vote.view, epoch: 3n } })
    const effects = replica.receive(committee.signNewView(3, byCommit(foreign)))
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'JUSTIFICATION' }])
  })

  test('replica new view › the QC is of view 2^64−1 › INVALID_MESSAGE', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const newView = committee.signNewView(3, byTimeout(committee.timeoutQc(maxView)))
    expect(rejectionsOf(replica.receive(newView))).toEqual([
      { code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' },
    ])
  })

  test('replica new view › the justification does not verify › INVALID_MESSAGE and blame', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = { ...committee.timeoutQc(5n), signature: committee.timeoutQc(6n).signature }
    const effects = replica.receive(committee.signNewView(3, byTimeout(qc)))
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'JUSTIFICATION' }])
    expect(effects).toContainEqual({ type: 'blamed', validator: 3, rule: 'INVALID_JUSTIFICATION' })
  })

  test('replica new view › our leader knows a higher CommitQC › it is taken over without leaving the view', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    // The leader left view 1 by a CommitQC, we left it by a TimeoutQC.
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(1n))))
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const effects = replica.receive(committee.signNewView(2, byCommit(qc)))
    expect(rejectionsOf(effects)).toEqual([])
    expect(harness.view).toBe(2n)
    expect(replica.state.highCommitQc).toEqual(qc)
  })

  test('replica new view › a TimeoutQC of a later view embeds a CommitQC older than ours › ours stays', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const [old, ours] = [2n, 5n].map((view) =>
      committee.commitQc(committee.commit(view, committee.header(view, 'a'))),
    )
    replica.receive(committee.signNewView(3, byCommit(ours!)))
    const late = committee.timeoutQc(7n, [
      [committee.timeout(7n, { highQc: old }), committee.everybody()],
    ])
    replica.receive(committee.signNewView(3, byTimeout(late)))
    expect(harness.view).toBe(8n)
    expect(replica.state.highCommitQc).toEqual(ours)
    expect(replica.state.highTimeoutQc).toEqual(late)
  })

  test('replica new view › a CommitQC and a TimeoutQC of one view › what we send is the CommitQC', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.commitBlock()
    replica.receive(committee.signNewView(2, byTimeout(committee.timeoutQc(1n))))
    expect(replica.state.highTimeoutQc?.view.number).toBe(1n)
    expect(harness.justification()).toEqual(byCommit(replica.state.highCommitQc!))
  })

  test('replica new view › our leader says what we know › NOTHING_NEW', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const newView = harness.committee.signNewView(1, harness.justification())
    expect(rejectionsOf(harness.replica.receive(newView))).toEqual([{ code: 'NOTHING_NEW' }])
  })
})
