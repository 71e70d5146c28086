import { describe, expect, test } from 'vitest'
import {
  blamesOf,
  byCommit,
  bytesOf,
  byTimeout,
  commitQcFabrications,
  fabricateCommitQc,
  fabricateTimeoutQc,
  rejectionsOf,
  ReplicaHarness,
  timeoutQcFabrications,
} from '@zkstack/bft/testing'
import type { Forger } from '@zkstack/bft/testing'
import type { ProposalJustification } from '@zkstack/roles'

/** A replica in view 2 with one final block, and a forger who knows its CommitQC. */
function scene(): { harness: ReplicaHarness; forger: Forger } {
  const harness = ReplicaHarness.inView1({ validators: 6 })
  harness.commitBlock()
  const { committee, replica } = harness
  return { harness, forger: { committee, coalition: [5], genuine: replica.state.highCommitQc } }
}

function expectNothing(harness: ReplicaHarness, justification: ProposalJustification): void {
  const { committee, replica } = harness
  const leader = committee.leader(3n)
  for (const message of [
    committee.signNewView(5, justification),
    committee.signProposal(leader, justification, bytesOf('a block')),
  ]) {
    const { highCommitQc, highTimeoutQc, highVote } = replica.state
    const effects = replica.receive(message)
    expect(rejectionsOf(effects)).toMatchObject([{ code: 'INVALID_MESSAGE' }])
    expect(replica.state).toMatchObject({ view: 2n, highCommitQc, highTimeoutQc, highVote })
  }
}

describe('fabricated QCs', () => {
  test.each(commitQcFabrications)('commit QC › %s › justifies no view and no proposal', (how) => {
    const { harness, forger } = scene()
    const { committee } = harness
    const vote = committee.commit(2n, committee.header(1n, 'never proposed'))
    const qc = fabricateCommitQc(forger, vote, how)
    // What names a view that is over is refused for that.
    if (qc.message.view.number === 2n) expectNothing(harness, byCommit(qc))
    else
      expect(
        rejectionsOf(harness.replica.receive(committee.signNewView(5, byCommit(qc)))),
      ).toMatchObject([{ code: 'OLD' }])
  })

  test.each(timeoutQcFabrications)('timeout QC › %s › justifies no view and no proposal', (how) => {
    const { harness, forger } = scene()
    const { committee } = harness
    const vote = committee.commit(2n, committee.header(1n, 'never proposed'))
    expectNothing(harness, byTimeout(fabricateTimeoutQc(forger, 2n, vote, how)))
  })

  test.each(commitQcFabrications)(
    'commit QC › %s, embedded in a timeout › the vote does not count',
    (how) => {
      const { harness, forger } = scene()
      const { committee, replica } = harness
      const vote = committee.commit(2n, committee.header(1n, 'never proposed'))
      const highQc = fabricateCommitQc(forger, vote, how)
      replica.expire()
      const effects = [
        ...replica.receive(committee.signTimeout(5, committee.timeout(2n, { highQc }))),
      ]
      for (const index of [1, 2, 3]) {
        effects.push(...replica.receive(committee.signTimeout(index, committee.timeout(2n))))
      }
      expect(replica.state.view).toBe(2n)
      const refused = rejectionsOf(effects).some(({ code }) => code === 'INVALID_MESSAGE')
      const blamed = blamesOf(effects).some(([index]) => index === 5)
      expect(refused || blamed).toBe(true)
      replica.receive(committee.signTimeout(4, committee.timeout(2n)))
      expect(replica.state.view).toBe(3n)
      expect(replica.state.highCommitQc).toEqual(forger.genuine)
    },
  )
})
