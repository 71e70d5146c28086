import { toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  byCommit,
  bytesOf,
  fabricateCommitQc,
  findOversize,
  ReplicaHarness,
  stateSize,
} from '@zkstack/bft/testing'

/** Four of six, one less than a quorum, send a message of each label for a view, as if they had proof for it. */
function spam({ committee, replica, others }: ReplicaHarness, view: bigint): void {
  for (const index of others.slice(0, 4)) {
    const vote = committee.commit(view, committee.header(view, `invented by ${index}`))
    const forger = { committee, coalition: [index], genuine: undefined }
    const justification = byCommit(fabricateCommitQc(forger, vote, 'wrong signers'))
    replica.receive(committee.signCommit(index, vote))
    replica.receive(committee.signTimeout(index, committee.timeout(view, { highVote: vote })))
    replica.receive(committee.signNewView(index, justification))
    replica.receive(committee.signProposal(index, justification, bytesOf('a payload')))
  }
}

describe('memory of a replica', () => {
  test('memory › four members spam 2000 future views each › holds as much as after 50', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    for (let view = 10n; view < 60n; view += 1n) spam(harness, view)
    const { replica } = harness
    const size = stateSize(replica.state)
    expect(findOversize(replica.state)).toBeUndefined()
    for (let view = 60n; view < 2010n; view += 1n) spam(harness, view)
    expect(stateSize(replica.state)).toEqual(size)
    expect(size.votes).toBe(8)
    expect(replica.state.view).toBe(1n)
  })

  test('memory › votes up to the last view that exists › are held once each, those above are refused', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    for (let view = 2n ** 64n - 20n; view < 2n ** 64n; view += 1n) spam(harness, view)
    expect(stateSize(harness.replica.state).votes).toBe(8)
    expect(findOversize(harness.replica.state)).toBeUndefined()
  })

  test('memory › checks that take long › one and one waiting for each sender and label', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    for (let view = 10n; view < 200n; view += 1n) spam(harness, view)
    expect(findOversize(harness.replica.state)).toBeUndefined()
    // New views and proposals of four.
    expect(stateSize(harness.replica.state).slots).toBe(8)
  })

  test('memory › the same payload is proposed in view after view, and never final › is held once', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, others, replica } = harness
    const payload = bytesOf('the same payload')
    for (let round = 0; round < 12; round += 1) {
      harness.propose(payload)
      const { view } = harness
      replica.expire()
      for (const index of others) {
        if (harness.view === view)
          replica.receive(committee.signTimeout(index, committee.timeout(view)))
      }
      expect(harness.view).toBe(view + 1n)
    }
    const kept = replica.state.proposals.filter((one) => toHex(one.payload) === toHex(payload))
    expect(kept).toHaveLength(1)
  })
})
