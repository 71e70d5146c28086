import { describe, expect, test } from 'vitest'
import { ed25519Scheme } from '@zkstack/crypto'
import { verifyTimeoutQC } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import { diagnose } from '@zkstack/bft'
import type { Effect } from '@zkstack/bft'
import {
  byCommit,
  bytesOf,
  byTimeout,
  createCommittee,
  formedQc,
  oppositeSecret,
  rejectionsOf,
  ReplicaHarness,
  shiftSignature,
} from '@zkstack/bft/testing'
import type { Committee } from '@zkstack/bft/testing'

function forge(committee: Committee, vote: Signed): Signed {
  const author = committee.schedule.indexOf(vote.key) ?? -1
  return { ...vote, sig: committee.signature(author, bytesOf('another message')) }
}

function blamedOf(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap((effect) =>
    effect.type === 'blamed' ? [[effect.validator, effect.rule]] : [],
  )
}

describe('rule 9: embedded QCs first', () => {
  test('rule 9 › a low-view QC embedded in a timeout is forged › the vote is removed, its author blamed, the rest counts', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.timeoutView()
    harness.timeoutView()
    // Of view 0, far below ours, with a block number that would move the chain.
    const forged = {
      ...committee.commitQc(committee.commit(0n, committee.header(0n, 'a'))),
      message: committee.commit(0n, committee.header(999n, 'a')),
    }
    replica.expire()
    replica.receive(committee.signTimeout(1, committee.timeout(3n, { highQc: forged })))
    const effects = harness.timeoutBy([2, 3, 4])
    expect(blamedOf(effects)).toEqual([[1, 'INVALID_EMBEDDED_QC']])
    expect(formedQc(effects)).toBeUndefined()
    const qc = formedQc(harness.timeoutBy([5]))
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(qc.entries.flatMap((entry) => entry.signers.indices())).toEqual([0, 2, 3, 4, 5])
    expect(replica.state.highCommitQc).toBeUndefined()
  })

  test('rule 9 › several votes embed one QC › it is listed once, with all its authors', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const highQc = committee.commitQc(committee.commit(0n, committee.header(0n, 'a')))
    for (const index of harness.others) {
      replica.receive(committee.signTimeout(index, committee.timeout(1n, { highQc })))
    }
    expect(replica.heldChecks).toMatchObject([
      { check: { type: 'votes', embedded: [{ qc: highQc, authors: [1, 2, 3, 4, 5] }] } },
    ])
  })
})

describe('rule 10: check and bisect', () => {
  test('rule 10 › one of five votes is bad › it alone is removed and blamed; the sixth vote completes the quorum', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.propose()
    const vote = harness.vote()
    replica.receive(forge(committee, committee.signCommit(3, vote)))
    expect(blamedOf(harness.commitBy([1, 2, 4]))).toEqual([[3, 'INVALID_SIGNATURE']])
    expect(formedQc(harness.commitBy([5]))).toBeDefined()
  })

  test('rule 10 › Ed25519 votes › each is checked alone, and the bad one is found at once', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, scheme: ed25519Scheme.current })
    const { committee, replica } = harness
    harness.propose()
    const vote = harness.vote()
    replica.receive(forge(committee, committee.signCommit(3, vote)))
    expect(blamedOf(harness.commitBy([1, 2, 4]))).toEqual([[3, 'INVALID_SIGNATURE']])
    expect(formedQc(harness.commitBy([5]))).toBeDefined()
  })
})

describe('rule 11: verified sets', () => {
  test('rule 11 › two votes that fail alone but pass together › the set is merged whole and its QC verifies', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const a = committee.signTimeout(1, committee.timeout(1n))
    const c = committee.signTimeout(2, committee.timeout(1n))
    replica.expire()
    replica.receive({ ...a, sig: shiftSignature(a.sig, 5n) })
    replica.receive({ ...c, sig: shiftSignature(c.sig, -5n) })
    const effects = harness.timeoutBy([3, 4])
    const qc = formedQc(effects)
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(blamedOf(effects)).toEqual([])
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
  })

  test('rule 11 › a passing set says nothing of its members › a check of one of them alone still fails', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signCommit(1, committee.commit(9n, committee.header(0n, 'a')))
    const shifted = { ...vote, sig: shiftSignature(vote.sig, 5n) }
    // The same bytes, relayed: checked alone.
    expect(blamedOf(replica.receive(shifted, 4))).toEqual([[4, 'RELAYED_INVALID']])
  })

  /** Eleven validators of which two are a pair whose keys cancel; the replica is an honest one. */
  function withPair(): {
    readonly harness: ReplicaHarness
    readonly pair: readonly number[]
    readonly honest: readonly number[]
  } {
    const base = createCommittee({ validators: 11, seed: 'infinity' })
    const secrets = [...base.secrets.slice(0, 10), oppositeSecret(base.secrets[0]!)]
    const committee = createCommittee({ validators: 11, secrets })
    const pair = [base.secrets[0]!, secrets[10]!].map((secret) =>
      committee.schedule.indexOf(committee.schedule.scheme.publicKey(secret))!,
    )
    const honest = committee.everybody().filter((index) => !pair.includes(index))
    const harness = new ReplicaHarness({ validators: 11, committee, index: honest[0]! })
    harness.replica.start()
    return { harness, pair, honest }
  }

  /** What the pair signs, a message of its own. */
  function signPair(harness: ReplicaHarness, index: number): Signed {
    const { committee } = harness
    const highVote = committee.commit(0n, committee.header(0n, 'a'))
    return committee.signTimeout(index, committee.timeout(0n, { highVote }))
  }

  test('rule 11 › two keys that cancel sign a message of their own › they start no check, and are never checked', () => {
    const { harness, pair, honest } = withPair()
    const { committee, replica } = harness
    for (const index of pair) replica.receive(signPair(harness, index))
    // Nine voted, which is the quorum, but two of them cannot be in it.
    expect(harness.timeoutBy(honest.slice(1, 7))).toEqual([])
    harness.timeoutBy([honest[7]!])
    const effects = harness.timeoutBy([honest[8]!])
    expect(effects[0]).toMatchObject({
      type: 'verify',
      check: { votes: honest.map((author) => ({ author })) },
    })
    const qc = formedQc(effects)
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
  })

  test('rule 11 › a bad vote hides that two keys cancel, and a half with honest votes cannot join › they are checked again without the pair and count', () => {
    const { harness, pair, honest } = withPair()
    const { committee, replica } = harness
    for (const index of pair) replica.receive(signPair(harness, index))
    const third = honest[8]!
    replica.receive(forge(committee, signPair(harness, third)))
    const effects = harness.timeoutBy(honest.slice(1, 7))
    expect(blamedOf(effects)).toEqual([[third, 'INVALID_SIGNATURE']])
    const qc = formedQc(harness.timeoutBy([honest[7]!]))
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
    const signers = qc.entries.flatMap((entry) => entry.signers.indices())
    // Eight honest ones and one of the pair, whatever halves they came in.
    expect(signers).toHaveLength(9)
    expect(honest.slice(0, 8).every((index) => signers.includes(index))).toBe(true)
  })
})

describe('rule 12: readers', () => {
  test('rule 12 › a quorum of unverified votes › no QC, no high QC, no new view; the diagnosis calls them unverified', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const effects = harness.commitBy([1, 2, 3, 4, 5], vote)
    expect(formedQc(effects)).toBeUndefined()
    expect(replica.state.highCommitQc).toBeUndefined()
    expect(harness.view).toBe(1n)
    expect(diagnose(replica.state).commits).toMatchObject([
      { verified: [], unverified: [1, 2, 3, 4, 5], verifiedWeight: 0n, unverifiedWeight: 5n },
    ])
  })

  test('rule 12 › an unverified timeout claims a high vote › it does not count towards the re-proposal once it failed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const highVote = committee.commit(1n, committee.header(0n, 'claimed'))
    replica.expire()
    for (const index of [1, 2, 3]) {
      const vote = committee.signTimeout(index, committee.timeout(1n, { highVote }))
      replica.receive(index === 3 ? forge(committee, vote) : vote)
    }
    harness.timeoutBy([4])
    const qc = formedQc(harness.timeoutBy([5]))
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    // Two of three claims remain, below the subquorum of three: a new block may be proposed.
    const proposal = committee.signProposal(2, byTimeout(qc), bytesOf('new'))
    expect(rejectionsOf(replica.receive(proposal))).toEqual([])
    expect(harness.vote().proposal).toEqual(committee.header(0n, 'new'))
  })
})

describe('rule 13: results', () => {
  test('rule 13 › the view ended while its votes were checked › the result has no effect', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    harness.commitBy([1, 2, 3, 4, 5], committee.commit(1n, committee.header(0n, 'a')))
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(6n))))
    const [votes, newView] = replica.heldChecks
    replica.input({
      type: 'verified',
      id: newView!.id,
      result: { type: 'message', outcome: 'valid' },
    })
    expect(harness.view).toBe(7n)
    const signers = [1, 2, 3, 4, 5]
    const aggregate = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')), signers)
    const passed = [{ signers, aggregate: aggregate.signature }]
    const late = replica.input({
      type: 'verified',
      id: votes!.id,
      result: { type: 'votes', passed, failed: [], failedQc: [] },
    })
    expect(late).toEqual([])
    expect(harness.view).toBe(7n)
  })

  test('rule 13 › a check is outstanding › the timer and other messages are handled', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const highVote = committee.commit(1n, committee.header(0n, 'a'))
    harness.commitBy([1, 2, 3, 4, 5], highVote)
    replica.expire()
    expect(harness.phase).toBe('timeout')
    const timeout = committee.signTimeout(1, committee.timeout(1n, { highVote }))
    expect(replica.receive(timeout)).toEqual([])
    expect(replica.state.votes.timeout.latest[1]).toBe(1n)
  })

  test('rule 13 › an answer to a check that nobody asked for › no effect', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const before = harness.replica.state
    const result = { type: 'votes', passed: [], failed: [1, 2], failedQc: [] } as const
    expect(harness.replica.input({ type: 'verified', id: 999, result })).toEqual([])
    expect(harness.replica.state).toBe(before)
  })
})

describe('rule 14: blame', () => {
  test('rule 14 › malformed, old and duplicate messages › nobody is blamed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(1, committee.timeout(1n))
    replica.receive({ ...vote, sig: new Uint8Array(2) })
    replica.receive(vote)
    replica.receive(vote)
    replica.receive(committee.signTimeout(2, committee.timeout(0n)))
    expect(replica.state.blamed.size).toBe(0)
  })

  test('rule 14 › a validator is blamed › it leads, its good votes count, and its weight is the same', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(forge(committee, harness.proposal()))
    expect([...replica.state.blamed]).toEqual([1])
    replica.now += 2000
    harness.propose()
    expect(harness.phase).toBe('commit')
    const qc = formedQc(harness.commitBy([1, 2, 3, 4]))
    expect(qc?.signature).toBeDefined()
    expect(harness.view).toBe(2n)
  })

  test('rule 14 › a forged message was relayed › the relay is blamed, not the alleged author', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(forge(committee, committee.signTimeout(2, committee.timeout(1n))), 5)
    expect([...replica.state.blamed]).toEqual([5])
  })

  test('rule 14 › a restart › blame is forgotten', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(forge(committee, committee.signTimeout(2, committee.timeout(1n))), 5)
    harness.restart()
    expect(harness.replica.state.blamed.size).toBe(0)
  })
})

describe('rule 15: blamed authors', () => {
  function withBlamed(): ReplicaHarness {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(forge(committee, committee.signTimeout(1, committee.timeout(1n))), 1)
    harness.timeoutView()
    expect([...replica.state.blamed]).toEqual([1])
    return harness
  }

  test('rule 15 › a blamed author’s label is paused › its vote is COOLING_DOWN and moves nothing', () => {
    const harness = withBlamed()
    const { committee, replica } = harness
    const vote = committee.signTimeout(1, committee.timeout(2n))
    expect(rejectionsOf(replica.receive(vote))).toEqual([{ code: 'COOLING_DOWN' }])
    expect(replica.state.votes.timeout.latest[1]).toBe(1n)
  })

  test('rule 15 › another label of the blamed author › it is checked alone, and counts when good', () => {
    const harness = withBlamed()
    const { committee, replica } = harness
    const vote = committee.signCommit(1, committee.commit(2n, committee.header(0n, 'a')))
    expect(replica.receive(vote)).toMatchObject([{ type: 'verify', check: { type: 'message' } }])
    expect(replica.state.votes.commit.latest[1]).toBe(2n)
  })

  test('rule 15 › the view timeout has passed › its votes are checked again, alone and before they are stored', () => {
    const harness = withBlamed()
    const { committee, replica } = harness
    replica.now += 2000
    const vote = committee.signTimeout(1, committee.timeout(2n))
    const bad = replica.receive(forge(committee, vote))
    expect(rejectionsOf(bad)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(replica.state.votes.timeout.latest[1]).toBe(1n)
    // One failed check a view timeout, no more.
    expect(rejectionsOf(replica.receive(forge(committee, vote)))).toEqual([
      { code: 'COOLING_DOWN' },
    ])
    replica.now += 2000
    expect(rejectionsOf(replica.receive(vote))).toEqual([])
    expect(replica.state.votes.timeout.latest[1]).toBe(2n)
  })

  test('rule 15 › a relay is paused › other carriers of the same author are not', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(2, committee.timeout(1n))
    replica.receive(forge(committee, vote), 5)
    expect(rejectionsOf(replica.receive(vote, 5))).toEqual([{ code: 'COOLING_DOWN' }])
    expect(rejectionsOf(replica.receive(vote, 4))).toEqual([])
    expect(replica.state.votes.timeout.latest[2]).toBe(1n)
  })
})

describe('rule 16: evidence', () => {
  function evidenceOf(effects: readonly Effect[]): readonly unknown[] {
    return effects.flatMap((effect) =>
      effect.type === 'evidence' ? [[effect.validator, effect.conflict]] : [],
    )
  }

  test('rule 16 › two commits of one view for different blocks › evidence with both signed messages', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const [first, second] = ['a', 'b'].map((text) =>
      committee.signCommit(3, committee.commit(1n, committee.header(0n, text))),
    )
    replica.receive(first!)
    expect(replica.receive(second!)).toContainEqual({
      type: 'evidence',
      validator: 3,
      conflict: 'TWO_COMMITS',
      first,
      second,
    })
  })

  test('rule 16 › two timeouts of one view with different high votes › evidence', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const highVote = committee.commit(0n, committee.header(0n, 'a'))
    replica.receive(committee.signTimeout(3, committee.timeout(1n)))
    const effects = replica.receive(committee.signTimeout(3, committee.timeout(1n, { highVote })))
    expect(evidenceOf(effects)).toEqual([[3, 'TWO_TIMEOUTS']])
  })

  test('rule 16 › two proposals of one view › evidence', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose(bytesOf('a'))
    expect(evidenceOf(harness.propose(bytesOf('b')))).toEqual([[1, 'TWO_PROPOSALS']])
  })

  test.each([
    ['absent', undefined],
    ['of an older view', ['older', 0n]],
    ['for another block of that view', ['other', 1n]],
  ] as const)('rule 16 › a commit, and a timeout whose high vote is %s › evidence', (_, claim) => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signCommit(3, committee.commit(1n, committee.header(0n, 'a'))))
    const highVote =
      claim === undefined ? undefined : committee.commit(claim[1], committee.header(0n, claim[0]))
    const effects = replica.receive(committee.signTimeout(3, committee.timeout(1n, { highVote })))
    expect(evidenceOf(effects)).toEqual([[3, 'COMMIT_AND_TIMEOUT']])
  })

  test('rule 16 › the timeout came before the commit that it denies › evidence all the same', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(3, committee.timeout(4n)))
    const commit = committee.signCommit(3, committee.commit(2n, committee.header(0n, 'a')))
    expect(evidenceOf(replica.receive(commit))).toEqual([[3, 'COMMIT_AND_TIMEOUT']])
  })

  test('rule 16 › what honest replicas sign › no evidence', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const commit = committee.commit(1n, committee.header(0n, 'a'))
    const highQc = committee.commitQc(committee.commit(0n, committee.header(0n, 'z')))
    const effects = [
      committee.signCommit(3, commit),
      committee.signCommit(3, commit),
      committee.signTimeout(3, committee.timeout(1n, { highVote: commit })),
      committee.signTimeout(3, committee.timeout(1n, { highVote: commit, highQc })),
      committee.signTimeout(3, committee.timeout(2n, { highVote: commit, highQc })),
      committee.signNewView(1, byTimeout(committee.timeoutQc(0n))),
      committee.signNewView(1, byCommit(highQc)),
    ].flatMap((message) => replica.receive(message))
    expect(evidenceOf(effects)).toEqual([])
    expect(
      effects.filter((effect) => effect.type === 'verify' && effect.check.type === 'conflict'),
    ).toEqual([])
  })

  test('rule 16 › the contradicting signature is forged › no evidence, and the pair is not checked twice', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = (text: string): Signed =>
      committee.signCommit(3, committee.commit(1n, committee.header(0n, text)))
    replica.receive(vote('a'))
    const effects = replica.receive(forge(committee, vote('b')))
    expect(effects).toMatchObject([
      { type: 'verify', check: { type: 'conflict' } },
      { type: 'rejected' },
    ])
    expect(replica.receive(vote('c')).map((effect) => effect.type)).toEqual(['rejected'])
  })

  test('rule 16 › somebody else relays the contradiction › nothing is checked for it', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = (text: string): Signed =>
      committee.signCommit(3, committee.commit(1n, committee.header(0n, text)))
    replica.receive(vote('a'))
    expect(replica.receive(vote('b'), 4).map((effect) => effect.type)).toEqual(['rejected'])
  })

  test('rule 16 › one proposal signed twice with different bytes › no evidence', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const proposal = harness.proposal(bytesOf('a'))
    harness.replica.receive(proposal)
    const again = { ...proposal, sig: shiftSignature(proposal.sig, 1n) }
    const effects = harness.replica.receive(again)
    expect(effects.map((effect) => effect.type)).toEqual(['rejected'])
  })
})
