import { describe, expect, test } from 'vitest'
import { diagnose } from '@zkstack/bft'
import { byCommit, bytesOf, ReplicaHarness } from '@zkstack/bft/testing'
import type { StepExecution } from '@zkstack/bft/testing'

describe('diagnosis', () => {
  test('diagnosis › nothing has come yet › it waits for the leader’s proposal, and the others are silent', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    expect(diagnose(harness.replica.state)).toMatchObject({
      epoch: 0n,
      view: 1n,
      phase: 'prepare',
      leader: 1,
      self: 0,
      quorum: 5n,
      totalWeight: 6n,
      highTimeoutQc: { view: 0n },
      highCommitQc: undefined,
      silent: [1, 2, 3, 4, 5],
      ahead: [],
      blamed: [],
      awaits: [{ type: 'proposal', leader: 1 }],
    })
  })

  test('diagnosis › some voted › it tells whose votes came, that nobody verified them, and how much weight is missing', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    harness.commitBy([3, 4])
    const { commits, silent, awaits } = diagnose(harness.replica.state)
    expect(commits).toEqual([
      {
        ...harness.vote().proposal,
        verified: [],
        unverified: [0, 3, 4],
        verifiedWeight: 0n,
        unverifiedWeight: 3n,
      },
    ])
    expect(silent).toEqual([1, 2, 5])
    expect(awaits).toEqual([{ type: 'votes', kind: 'commit', missingWeight: 2n }])
  })

  test('diagnosis › a part of the votes is verified › both parts are told apart', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.propose()
    replica.receive(committee.forge(committee.signCommit(1, harness.vote())))
    harness.commitBy([2, 3, 4])
    const { commits, blamed } = diagnose(replica.state)
    expect(commits).toMatchObject([{ verified: [0, 2, 3, 4], unverified: [] }])
    expect(blamed).toEqual([1])
  })

  test('diagnosis › the view timed out › it waits for timeouts', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.expire()
    harness.timeoutBy([1, 2])
    const { awaits, timeouts } = diagnose(harness.replica.state)
    expect(awaits).toEqual([{ type: 'votes', kind: 'timeout', missingWeight: 2n }])
    expect(timeouts.unverified).toEqual([0, 1, 2])
  })

  test('diagnosis › the block before is missing › that is what it waits for', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    replica.receive(committee.signProposal(4, byCommit(qc), bytesOf('next')))
    expect(diagnose(replica.state).awaits).toEqual([{ type: 'previousBlock', number: 4n }])
  })

  test('diagnosis › the execution layer is judging, or building › that is what it waits for', () => {
    const later: Partial<StepExecution> = { propose: () => 'later', verify: () => 'later' }
    const judge = ReplicaHarness.inView1({ validators: 6, execution: later })
    judge.propose()
    expect(diagnose(judge.replica.state).awaits).toEqual([{ type: 'payloadVerdict', number: 0n }])
    const leader = new ReplicaHarness({ validators: 6, index: 1, execution: later })
    leader.replica.start()
    leader.timeoutView()
    expect(diagnose(leader.replica.state).awaits).toContainEqual({ type: 'payload', number: 0n })
  })

  test('diagnosis › somebody voted in a later view › we are behind it', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(4, committee.timeout(7n)))
    expect(diagnose(replica.state)).toMatchObject({ ahead: [4], silent: [1, 2, 3, 5] })
  })

  test('diagnosis › checks are outstanding › it says how many', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    harness.replica.expire()
    harness.timeoutBy([1, 2, 3, 4])
    expect(diagnose(harness.replica.state).awaits).toEqual([
      { type: 'votes', kind: 'timeout', missingWeight: 0n },
      { type: 'checks', count: 1 },
    ])
  })
})
