import { describe, expect, test } from 'vitest'
import { createEvidence } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import type { Effect } from '@zkstack/bft'
import {
  byCommit,
  bytesOf,
  byTimeout,
  formedQc,
  rejectionsOf,
  ReplicaHarness,
  shiftSignature,
} from '@zkstack/bft/testing'

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

  test('rule 13 › two groups are being checked and the newer answer comes first › it counts for its own votes only', () => {
    const harness = ReplicaHarness.inView1({ validators: 11 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const votes = [3n, 4n].map((view) => committee.commit(view, committee.header(0n, `of ${view}`)))
    const signers = [
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [2, 3, 4, 5, 6, 7, 8, 9, 10],
    ]
    votes.forEach((vote, i) => harness.commitBy(signers[i]!, vote))
    expect(replica.heldChecks).toHaveLength(2)
    const aggregate = committee.commitQc(votes[1]!, signers[1]).signature
    const effects = replica.input({
      type: 'verified',
      id: replica.heldChecks[1]!.id,
      result: {
        type: 'votes',
        passed: [{ signers: signers[1]!, aggregate }],
        failed: [],
        failedQc: [],
      },
    })
    expect(formedQc(effects)).toMatchObject({ message: votes[1] })
    expect(harness.view).toBe(5n)
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
    replica.receive(committee.forge(harness.proposal()))
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
    replica.receive(committee.forge(committee.signTimeout(2, committee.timeout(1n))), 5)
    expect([...replica.state.blamed]).toEqual([5])
  })

  test('rule 14 › a restart › blame is forgotten', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.forge(committee.signTimeout(2, committee.timeout(1n))), 5)
    harness.restart()
    expect(harness.replica.state.blamed.size).toBe(0)
  })
})

describe('rule 15: blamed authors', () => {
  function withBlamed(): ReplicaHarness {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.forge(committee.signTimeout(1, committee.timeout(1n))), 1)
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
    const bad = replica.receive(committee.forge(vote))
    expect(rejectionsOf(bad)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(replica.state.votes.timeout.latest[1]).toBe(1n)
    // One failed check a view timeout, no more.
    expect(rejectionsOf(replica.receive(committee.forge(vote)))).toEqual([{ code: 'COOLING_DOWN' }])
    replica.now += 2000
    expect(rejectionsOf(replica.receive(vote))).toEqual([])
    expect(replica.state.votes.timeout.latest[1]).toBe(2n)
  })

  test('rule 15 › a relay is paused › other carriers of the same author are not', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(2, committee.timeout(1n))
    replica.receive(committee.forge(vote), 5)
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
      ...createEvidence(first!, second!),
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

  test('rule 16 › the second proposal comes while the first is being checked › evidence', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const proposals = ['a', 'b'].map((text) => harness.proposal(bytesOf(text)))
    harness.restart({ holdChecks: true })
    for (const proposal of proposals) harness.replica.receive(proposal)
    expect(evidenceOf(harness.replica.runChecks())).toEqual([[1, 'TWO_PROPOSALS']])
    expect(harness.phase).toBe('commit')
  })

  test('rule 16 › the execution layer refused the first proposal › the second is evidence all the same', () => {
    const execution = {
      verify: (_: bigint, payload: Uint8Array) =>
        payload.length === 1 ? ({ ok: false, reason: 'bad' } as const) : ({ ok: true } as const),
    }
    const harness = ReplicaHarness.inView1({ validators: 6, execution })
    expect(evidenceOf(harness.propose(bytesOf('a')))).toEqual([])
    expect(evidenceOf(harness.propose(bytesOf('bb')))).toEqual([[1, 'TWO_PROPOSALS']])
  })

  test('rule 16 › proposals that contradict each other by the thousand › one check in a view', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    let checks = 0
    for (let i = 0; i < 50; i += 1) {
      const effects = harness.propose(bytesOf(`proposal ${i}`))
      checks += effects.filter((e) => e.type === 'verify' && e.check.type === 'conflict').length
    }
    expect(checks).toBe(1)
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
    const effects = replica.receive(committee.forge(vote('b')))
    expect(effects).toMatchObject([
      { type: 'verify', check: { type: 'conflict' } },
      { type: 'rejected' },
    ])
    expect(replica.receive(vote('c')).map((effect) => effect.type)).toEqual(['rejected'])
    replica.now += 2000
    expect(replica.receive(vote('d')).map((effect) => effect.type)).toEqual(['rejected'])
  })

  test('rule 16 › one author contradicts itself in view after view › one check a view timeout, and a bounded state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    let checks = 0
    for (let view = 1n; view < 100n; view += 1n) {
      for (const text of ['a', 'b']) {
        const vote = committee.signCommit(3, committee.commit(view, committee.header(0n, text)))
        checks += replica.receive(vote).filter((effect) => effect.type === 'verify').length
      }
    }
    expect(checks).toBe(1)
    expect(replica.state.conflicts.size).toBe(1)
    replica.now += 2000
    const [first, second] = ['a', 'b'].map((text) =>
      committee.signCommit(3, committee.commit(200n, committee.header(0n, text))),
    )
    replica.receive(first!)
    expect(evidenceOf(replica.receive(second!))).toEqual([[3, 'TWO_COMMITS']])
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
