import { describe, expect, test } from 'vitest'
import { specInvariants } from '@zkstack/bft/testing'
import type { SpecReplica, SpecState, SpecTimeoutVote } from '@zkstack/bft/testing'
import { Script } from '../conformance/script.js'

const all = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']

/** One block is final on n0 and n1, and n2 has timed out. */
const good: SpecState = new Script()
  .propose('n1', 'val_b0')
  .vote(...all)
  .commits('n0', 1n, all.slice(0, 5))
  .newView('n0', 'n1')
  .timeout('n2', 'n3')
  .timeouts('n4', 1n, ['n2', 'n3']).state

const vote = { view: 1n, number: 0n, block: 'val_b0' }
const other = { ...vote, block: 'val_b1' }
const invalid = { ...vote, block: 'inv_b9' }
const qc = { vote, signers: all.slice(1) }

function withReplica(name: string, change: Partial<SpecReplica>): SpecState {
  const replica = good.replicas.get(name)!
  return { ...good, replicas: new Map(good.replicas).set(name, { ...replica, ...change }) }
}

function withTimeout(change: Partial<SpecTimeoutVote>): SpecState {
  const timeouts = good.timeouts.map((timeout) =>
    timeout.sig === 'n2' && timeout.vote.view === 1n
      ? { ...timeout, vote: { ...timeout.vote, ...change } }
      : timeout,
  )
  return { ...good, timeouts }
}

function timeoutQc(votes: readonly SpecTimeoutVote[]): SpecReplica['highTimeoutQc'] {
  const signers = all.slice(0, votes.length)
  const named = signers.map((name, i) => [name, votes[i]!] as const)
  return { view: 1n, votes: named, signers, highCommitQc: undefined }
}

const timeout = good.timeouts.find(({ sig, vote }) => sig === 'n2' && vote.view === 1n)!
const plain: SpecTimeoutVote = { view: 1n, highVote: undefined, highCommitQcView: undefined }

/** A state for each invariant that breaks it. */
const broken: Readonly<Record<string, SpecState>> = {
  agreement_inv: withReplica('n1', { committedBlocks: [{ block: 'val_b1', qc }] }),
  committed_blocks_have_justification_inv: { ...good, justifications: [] },
  no_proposal_equivocation_inv: {
    ...good,
    proposals: [...good.proposals, { ...good.proposals[0]!, block: 'val_b1' }],
  },
  no_commit_equivocation_inv: {
    ...good,
    commits: [...good.commits, { sig: 'n0', vote: other }],
  },
  no_timeout_equivocation_inv: {
    ...good,
    timeouts: [...good.timeouts, { ...timeout, vote: { ...timeout.vote, highVote: undefined } }],
  },
  no_new_view_equivocation_inv: {
    ...good,
    newViews: [...good.newViews, { sig: 'n0', justification: { type: 'commit', qc } }],
  },
  store_signed_commit_all_inv: {
    ...good,
    storedCommits: new Map([['n0', [{ sig: 'n1', vote: invalid }]]]),
  },
  store_signed_timeout_all_inv: {
    ...good,
    storedTimeouts: new Map([
      ['n0', [timeout, { ...timeout, vote: { ...timeout.vote, highVote: undefined } }]],
    ]),
  },
  view_justification_inv: {
    ...good,
    justifications: [{ replica: 'n0', view: 9n, justification: { type: 'commit', qc } }],
  },
  justification_is_supported_inv: { ...good, commits: [] },
  one_high_vote_in_timeout_qc_inv: withReplica('n3', {
    highTimeoutQc: timeoutQc(
      [vote, other].flatMap((highVote) =>
        [undefined, 0n, 1n].map((highCommitQcView) => ({ ...plain, highVote, highCommitQcView })),
      ),
    ),
  }),
  one_commit_quorum_inv: {
    ...good,
    commits: [vote, other].flatMap((voted) => all.map((sig) => ({ sig, vote: voted }))),
  },
  all_replicas_high_commit_qc_inv: withReplica('n0', {
    highCommitQc: { vote, signers: ['n0', 'n1'] },
  }),
  all_replicas_high_timeout_qc_inv: withReplica('n3', {
    highTimeoutQc: timeoutQc([plain, plain, plain, plain, { ...plain, view: 2n }]),
  }),
  msgs_signed_timeout_inv: withTimeout({ highVote: { ...vote, view: 7n } }),
  msgs_signed_commit_inv: { ...good, commits: [...good.commits, { sig: 'n0', vote: invalid }] },
  all_replicas_high_vote_inv: withReplica('n0', { highVote: undefined }),
  timeout_high_vote_is_highest_inv: withTimeout({ highVote: undefined }),
}

describe('the invariants of the specification can fail', () => {
  const check = (name: string, state: SpecState): string | undefined =>
    specInvariants[name]?.({
      state,
      replicas: all,
      isValidBlock: (block) => !block.startsWith('inv'),
    })

  test('invariants › in a good state › all hold, and each has a bad state here', () => {
    const names = Object.keys(specInvariants)
    expect(Object.keys(broken).toSorted()).toEqual(names.toSorted())
    expect(names.map((name) => check(name, good))).toEqual(names.map(() => undefined))
  })

  test.each(Object.entries(broken))('%s › in a state that breaks it › says so', (name, state) => {
    expect(check(name, state)).toMatch(/\S/)
  })
})
