import { describe, expect, test } from 'vitest'
import {
  byTimeout,
  broadcastsOf,
  createCommittee,
  divergences,
  refutedInvariants,
  rejectionsOf,
  ReplicaHarness,
  replayTrace,
  SpecModel,
} from '@zkstack/bft/testing'
import type { SpecCommitQC, SpecModelOptions } from '@zkstack/bft/testing'
import { Script } from '../conformance/script.js'

const all = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
const first5 = all.slice(0, 5)
const last5 = all.slice(1)

/** Replays a script and returns the reasons for which steps were passed over. */
function passedOver({ model }: Script): readonly string[] {
  const report = replayTrace(model)
  expect(report.mismatch).toBeUndefined()
  expect(report.broken).toEqual([])
  expect(report.compared + report.passedOver.length).toBe(report.replicaSteps)
  return report.passedOver.map(({ why }) => why)
}

// The numbers are those under which the differences between specification and implementation are known; see
// docs/conformance.md.
describe('a difference between specification and implementation', () => {
  test('divergence 1, HIGH_VOTE_RULE › votes for one block in two views › we propose it again, the specification does not', () => {
    const script = new Script()
      .propose('n1', 'val_b0')
      .vote('n0', 'n1', 'n2')
      .timeout(...first5)
    for (const name of first5) script.timeouts(name, 1n, first5)
    script
      .propose('n2')
      .vote('n0', 'n1')
      .timeout(...first5)
    for (const name of first5) script.timeouts(name, 2n, first5)
    expect(passedOver(script)).toEqual([])
    script.propose('n3', 'val_b1').vote('n0')
    expect(passedOver(script)).toEqual(['HIGH_VOTE_RULE', 'HIGH_VOTE_RULE'])
  })

  test('divergence 2, weights › four of six that weigh 13 of 15 › are a quorum, where the specification counts to five', () => {
    const harness = ReplicaHarness.inView1({ validators: [10n, 1n, 1n, 1n, 1n, 1n] })
    harness.propose()
    harness.commitBy([1, 2])
    expect(harness.view).toBe(1n)
    harness.commitBy([3])
    expect(harness.view).toBe(2n)
  })

  test('divergence 3, EMBEDDED_QCS › two QCs of a view in one TimeoutQC › each side takes its own', () => {
    const run = (two: readonly string[]): readonly string[] => {
      const script = new Script().propose('n1', 'val_b0').vote(...all)
      script.commits('n0', 1n, two[0] === 'n0' ? first5 : last5)
      script.commits('n1', 1n, two[0] === 'n0' ? last5 : first5)
      script
        .newView('n0', 'n2', 'n3')
        .newView('n1', 'n4')
        .timeout(...first5)
      return passedOver(script.timeouts('n5', 2n, first5))
    }
    // Which one ours is, is decided by the order of the bytes: in one of the two runs it is another.
    expect([...run(['n0', 'n1']), ...run(['n1', 'n0'])]).toEqual(['EMBEDDED_QCS'])
  })

  test('divergence 4, order of views › a timeout whose high vote is older than its high QC › counts here, and is honest', () => {
    const script = new Script().propose('n1', 'val_b0').vote(...all)
    script.commits('n0', 1n, first5).newView('n0', ...last5)
    script.propose('n2', 'val_b1').vote(...first5)
    script.commits('n0', 2n, first5).newView('n0', 'n5').timeout('n5')
    const message = script.state.timeouts.at(-1)!
    expect(message).toMatchObject({ sig: 'n5', vote: { highCommitQcView: 2n } })
    expect(script.model.take({ type: 'on_timeout', replica: 'n0', message })).toBe(false)
    expect(passedOver(script)).toEqual([])
    const world = { state: script.state, replicas: all, isValidBlock: () => true }
    expect(refutedInvariants['msgs_signed_timeout_inv']!(world)).toContain('n5')

    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    const old = committee.commit(0n, committee.header(0n, 'old'))
    const highQc = committee.commitQc(committee.commit(1n, committee.header(0n, 'block')))
    const vote = committee.timeout(2n, { highVote: old, highQc })
    for (const index of last5.keys())
      harness.replica.receive(committee.signTimeout(index + 1, vote))
    expect(harness.view).toBe(3n)
  })

  test('divergence 5, re-proposals › of a block after one that is missing here › are voted for; not in the specification', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    const highVote = committee.commit(1n, committee.header(1n, 'second'))
    const highQc = committee.commitQc(committee.commit(1n, committee.header(0n, 'first')))
    const qc = committee.timeoutQc(2n, [
      [committee.timeout(2n, { highVote, highQc }), committee.everybody()],
    ])
    const effects = harness.replica.receive(
      committee.signProposal(committee.leader(3n), byTimeout(qc), undefined),
    )
    expect(broadcastsOf(effects)).toContain('replicaCommit')
    expect(harness.vote().proposal.number).toBe(1n)
    expect(harness.replica.disk.next).toBe(0n)

    const script = new Script().propose('n1', 'val_b0').vote(...first5)
    script.commits('n0', 1n, first5).newView('n0', ...last5)
    script
      .propose('n2', 'val_b1')
      .vote(...first5)
      .timeout(...first5)
    for (const name of first5) script.timeouts(name, 2n, first5)
    script.propose('n3')
    const message = script.state.proposals.at(-1)!
    expect(script.model.take({ type: 'on_proposal', replica: 'n5', message })).toBe(false)
    expect(script.model.take({ type: 'on_proposal', replica: 'n4', message })).toBe(true)
  })

  test('divergence 6, NEW_VIEW_OF_OWN_VIEW › the leader knows a newer QC › it is taken over; not in the specification', () => {
    const script = new Script()
      .propose('n1', 'val_b0')
      .vote(...all)
      .timeout(...first5)
    script.timeouts('n0', 1n, first5).commits('n2', 1n, first5)
    expect(passedOver(script)).toEqual([])
    script.newView('n2', 'n0')
    expect(passedOver(script)).toEqual(['NEW_VIEW_OF_OWN_VIEW'])
  })

  test('divergence 6, NewView of the own view › not from its leader › changes nothing in either', () => {
    const script = new Script()
      .propose('n1', 'val_b0')
      .vote(...all)
      .timeout(...first5)
    script.timeouts('n0', 1n, first5).commits('n3', 1n, first5).newView('n3', 'n0')
    expect(passedOver(script)).toEqual([])
  })

  test('divergence 7, timer › it fires again › we send timeout and NewView again; the specification fires once', () => {
    const script = new Script().timeout('n0')
    expect(script.model.take({ type: 'on_timer_is_finished', replica: 'n0' })).toBe(false)
    const { replica } = ReplicaHarness.inView1({ validators: 6 })
    const sent = ['replicaNewView', 'replicaTimeout']
    expect(broadcastsOf(replica.expire())).toEqual(sent)
    expect(broadcastsOf(replica.expire())).toEqual(sent)
  })

  test('divergence 8, LATEST_VOTE_ONLY › a vote that arrives after a later one of its author › counts only in the specification', () => {
    const script = new Script().propose('n1', 'val_b0').vote(...first5)
    script.commits('n0', 1n, first5).newView('n0', 'n1', 'n2', 'n3', 'n4')
    script.propose('n2', 'val_b1').vote('n0')
    script.commits('n5', 2n, ['n0']).commits('n5', 1n, ['n0', 'n1', 'n2', 'n3'])
    expect(passedOver(script)).toEqual([])
    script.commits('n5', 1n, ['n4'])
    expect(passedOver(script)).toEqual(['LATEST_VOTE_ONLY'])
  })

  test('divergence 9, OLD_COMMIT_QC › a QC older than the highest known › commits a block only in the specification', () => {
    const script = new Script(['n0']).propose('n1', 'val_b0').vote(...last5)
    const { state } = script
    const commit = (view: bigint, number: bigint, block: string) =>
      ({ type: 'commit', value: { vote: { view, number, block }, sig: 'n0' } }) as const
    script.commits('n1', 1n, last5).newView('n1', 'n2', 'n3', 'n4')
    script.propose('n2', 'val_b1').vote('n1', 'n2', 'n3', 'n4')
    const qc: SpecCommitQC = { vote: { view: 2n, number: 1n, block: 'val_b1' }, signers: first5 }
    const highCommitQc = script.model.replica('n1').highCommitQc
    const lie = (view: bigint) => {
      const vote = { view, highVote: undefined, highCommitQcView: 1n }
      return { type: 'timeout', value: { vote, sig: 'n0', highCommitQc } } as const
    }
    const newView = { justification: { type: 'commit', qc }, sig: 'n0' } as const
    script.model.inject(commit(2n, 1n, 'val_b1'), { type: 'newView', value: newView })
    script.newView('n0', 'n5').timeout('n1', 'n2', 'n3', 'n4')
    script.model.inject(lie(2n), lie(3n))
    for (const name of ['n1', 'n2', 'n3', 'n4']) script.timeouts(name, 2n, first5)
    script.timeout('n1', 'n2', 'n3', 'n4').timeouts('n5', 3n, first5.slice(0, 4))
    expect(passedOver(script)).toEqual([])
    script.timeouts('n5', 3n, ['n4'])
    expect(script.model.replica('n5').committedBlocks).toHaveLength(1)
    expect(passedOver(script)).toEqual(['OLD_COMMIT_QC'])
    expect(state.replicas.has('n0')).toBe(false)
  })

  test('divergence 9, SAME_VIEW_QC › a second QC of a view › replaces the first only in the specification', () => {
    const script = new Script().propose('n1', 'val_b0').vote(...all)
    script.commits('n0', 1n, first5).commits('n2', 1n, last5).propose('n2', 'val_b1')
    expect(passedOver(script)).toEqual([])
    script.vote('n0')
    expect(passedOver(script)).toEqual(['SAME_VIEW_QC'])
  })

  test('divergence 10, start › we begin in view 0 › and reach the first state of the specification by real inputs', () => {
    const { replica } = new ReplicaHarness({ validators: 6 })
    expect(broadcastsOf(replica.start())).toEqual(['replicaTimeout'])
    expect([replica.state.view, replica.state.phase]).toEqual([0n, 'timeout'])
    const { model } = new Script()
    expect([...model.initial.replicas.values()].map(({ view }) => view)).toEqual(all.map(() => 1n))
    expect(replayTrace(model)).toMatchObject({ mismatch: undefined, statesChecked: 1 })
  })

  test('divergence 11, PROPOSER_AFTER_TIMEOUT › a leader that timed out › proposes only in the specification', () => {
    const script = new Script().timeout('n1').propose('n1', 'val_b0')
    expect(passedOver(script)).toEqual(['PROPOSER_AFTER_TIMEOUT'])
  })

  test('divergence 12, signatures › of strangers and forgers › are judged here; names suffice in the specification', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const stranger = createCommittee({ validators: 1, seed: 'a stranger' })
    const vote = harness.committee.commit(1n, harness.committee.header(0n, 'block'))
    const codes = [
      ...rejectionsOf(harness.replica.receive(stranger.signCommit(0, vote))),
      ...rejectionsOf(harness.replica.receive(harness.committee.forge(harness.proposal()))),
    ].map(({ code }) => code)
    expect(codes).toEqual(['NON_VALIDATOR_SIGNER', 'INVALID_SIGNATURE'])
  })
})

describe('the handling of differences', () => {
  test('a known difference › after it is passed over › the steps that follow are compared again', () => {
    const script = new Script().propose('n1', 'val_b0').vote(...all)
    script.commits('n0', 1n, first5).commits('n2', 1n, last5).propose('n2', 'val_b1')
    script.newView('n2', 'n1', 'n3', 'n4', 'n5').vote(...first5)
    script.commits('n0', 2n, first5).newView('n0', ...last5)
    script.propose('n3', 'val_b2').vote(...first5)
    const report = replayTrace(script.model)
    expect(report.passedOver.map(({ why }) => why)).toEqual(['SAME_VIEW_QC'])
    expect(report.compared).toBe(report.replicaSteps - 1)
    expect(report.mismatch).toBeUndefined()
    expect(script.model.replica('n0').committedBlocks).toHaveLength(2)
  })

  test('an unknown difference › in a run made up by hand › ends the replay and says what differs', () => {
    const { model } = new Script().propose('n1', 'val_b0').vote('n0')
    const steps = [...model.steps()]
    const last = steps.at(-1)!
    const replica = last.after.replicas.get('n0')!
    const replicas = new Map(last.after.replicas).set('n0', { ...replica, phase: 'prepare' })
    const wrong = { ...last, after: { ...last.after, replicas } }
    const report = replayTrace({
      initial: model.initial,
      replicas: model.replicas,
      length: model.length,
      steps: () => [...steps.slice(0, -1), wrong],
    })
    expect(report.mismatch).toEqual({
      index: 2,
      action: 'on_proposal',
      replica: 'n0',
      differences: ['phase is commit, in the trace prepare'],
    })
  })

  test('names of differences › each that a replay can meet › has a sentence that says what differs', () => {
    expect(Object.keys(divergences)).toHaveLength(7)
    expect(Object.values(divergences).every((text) => text.includes('specification'))).toBe(true)
  })

  test('the model › given an action whose conditions do not hold › does not take it', () => {
    const o: SpecModelOptions = { replicas: all, leaders: ['n0', 'n1', 'n2'] }
    const model = new SpecModel(o)
    expect(model.take({ type: 'proposer_step', replica: 'n0', block: 'val_b0' })).toBe(false)
    expect(model.take({ type: 'proposer_step', replica: 'n1', block: undefined })).toBe(false)
    expect(model.take({ type: 'proposer_step', replica: 'n1', block: 'val_b0' })).toBe(true)
    expect(model.take({ type: 'proposer_step', replica: 'n1', block: 'val_b1' })).toBe(false)
    expect(model.length).toBe(1)
  })
})
