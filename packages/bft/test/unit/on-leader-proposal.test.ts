import { describe, expect, test } from 'vitest'
import { hashPayload } from '@zkstack/roles'
import {
  broadcastsOf,
  byCommit,
  bytesOf,
  byTimeout,
  rejectionsOf,
  ReplicaHarness,
} from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

describe('leader proposal', () => {
  test('leader proposal › it is good › the vote is saved first and then sent', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.propose()
    const types = effects.map((effect) => effect.type)
    expect(types.indexOf('persist')).toBeLessThan(types.indexOf('broadcast'))
    expect(effects.find((effect) => effect.type === 'broadcast')?.message).toEqual({
      type: 'replicaCommit',
      value: harness.committee.commit(1n, { number: 0n, payload: hashPayload(harness.payload()) }),
    })
    expect(harness.phase).toBe('commit')
  })

  test('leader proposal › of a later view › the replica jumps there and votes', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const justification = byTimeout(committee.timeoutQc(7n))
    const effects = replica.receive(committee.signProposal(2, justification, bytesOf('a')))
    expect(harness.view).toBe(8n)
    expect(broadcastsOf(effects)).toEqual(['replicaNewView', 'replicaCommit'])
  })

  test('leader proposal › the replica has voted in this view › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const proposal = harness.proposal()
    harness.replica.receive(proposal)
    expect(rejectionsOf(harness.replica.receive(proposal))).toEqual([
      { code: 'OLD', currentView: 1n, phase: 'commit' },
    ])
  })

  test('leader proposal › the view timed out › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const proposal = harness.proposal()
    harness.replica.expire()
    expect(rejectionsOf(harness.replica.receive(proposal))).toEqual([
      { code: 'OLD', currentView: 1n, phase: 'timeout' },
    ])
  })

  test('leader proposal › the view is over › OLD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const proposal = harness.proposal()
    harness.timeoutView()
    expect(rejectionsOf(harness.replica.receive(proposal))).toMatchObject([
      { code: 'OLD', currentView: 2n },
    ])
  })

  test('leader proposal › from somebody else › INVALID_LEADER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const wrong = committee.signProposal(3, harness.justification(), bytesOf('a'))
    expect(rejectionsOf(replica.receive(wrong))).toEqual([
      { code: 'INVALID_LEADER', correctLeader: 1 },
    ])
  })

  test('leader proposal › the signature is of another message › INVALID_SIGNATURE and blame', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const effects = replica.receive({
      ...harness.proposal(),
      sig: committee.signature(1, bytesOf('x')),
    })
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(effects).toContainEqual({ type: 'blamed', validator: 1, rule: 'INVALID_SIGNATURE' })
    expect(harness.phase).toBe('prepare')
  })

  test('leader proposal › the signature is malformed › INVALID_SIGNATURE without a check', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.replica.receive({ ...harness.proposal(), sig: new Uint8Array(3) })
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(effects.map((effect) => effect.type)).not.toContain('verify')
  })

  test('leader proposal › the justification lacks a quorum › INVALID_MESSAGE without a check', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(2n, committee.header(0n, 'a'))
    const justification = byCommit(committee.commitQc(vote, [0, 1, 2]))
    const effects = replica.receive(committee.signProposal(3, justification, bytesOf('b')))
    expect(rejectionsOf(effects)).toMatchObject([{ code: 'INVALID_MESSAGE' }])
    expect(effects.map((effect) => effect.type)).not.toContain('verify')
  })

  test('leader proposal › the justification’s signature is wrong › INVALID_MESSAGE and blame', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(2n, committee.header(0n, 'a'))
    const qc = {
      ...committee.commitQc(vote),
      message: committee.commit(2n, committee.header(9n, 'b')),
    }
    const effects = replica.receive(committee.signProposal(3, byCommit(qc), bytesOf('b')))
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'JUSTIFICATION' }])
    expect(effects).toContainEqual({ type: 'blamed', validator: 3, rule: 'INVALID_JUSTIFICATION' })
    expect(harness.view).toBe(1n)
  })

  test('leader proposal › justified by a QC of view 2^64−1 › refused, and the view does not overflow', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.timeoutQc(maxView)
    const author = committee.leader(maxView + 1n)
    const effects = replica.receive(committee.signProposal(author, byTimeout(qc), bytesOf('a')))
    expect(rejectionsOf(effects)).toEqual([{ code: 'INVALID_MESSAGE', reason: 'VIEW_OVERFLOW' }])
    expect(harness.view).toBe(1n)
  })

  test('leader proposal › of view 2^64−1, the last there is › voted for', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.timeoutQc(maxView - 1n)
    const author = committee.leader(maxView)
    replica.receive(committee.signProposal(author, byTimeout(qc), bytesOf('a')))
    expect(harness.view).toBe(maxView)
    // Our own vote loops back and is refused: no vote of the last view counts.
    expect(harness.phase).toBe('commit')
    expect(replica.halted).toBeUndefined()
  })

  test('leader proposal › for a block below the first we keep › PROPOSAL_ALREADY_PRUNED', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.input({ type: 'blockPersisted', first: 5n, next: 6n })
    expect(rejectionsOf(harness.propose())).toEqual([
      { code: 'PROPOSAL_ALREADY_PRUNED', number: 0n },
    ])
  })

  test('leader proposal › for a block that is on disk already › INVALID_PAYLOAD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.replica.input({ type: 'blockPersisted', first: 0n, next: 1n })
    expect(rejectionsOf(harness.propose())).toMatchObject([{ code: 'INVALID_PAYLOAD' }])
  })

  test('leader proposal › a re-proposal with a payload › REPROPOSAL_WITH_PAYLOAD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.propose()
    harness.timeoutView()
    expect(rejectionsOf(harness.propose(bytesOf('a')))).toEqual([
      { code: 'REPROPOSAL_WITH_PAYLOAD' },
    ])
  })

  test('leader proposal › a new one without a payload › MISSING_PAYLOAD', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const proposal = committee.signProposal(1, harness.justification(), undefined)
    expect(rejectionsOf(replica.receive(proposal))).toEqual([{ code: 'MISSING_PAYLOAD' }])
  })

  test('leader proposal › 1001 bytes where 1000 are allowed › PROPOSAL_OVERSIZED_PAYLOAD; 1000 pass', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    expect(rejectionsOf(harness.propose(new Uint8Array(1001)))).toEqual([
      { code: 'PROPOSAL_OVERSIZED_PAYLOAD', payloadBytes: 1001 },
    ])
    expect(rejectionsOf(harness.propose(new Uint8Array(1000)))).toEqual([])
    expect(harness.phase).toBe('commit')
  })

  test('leader proposal › the block before does not come in time › MISSING_PREVIOUS_PAYLOAD when the view ends', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    // A quorum finalized block 4 elsewhere; ours is an empty disk.
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    const proposal = committee.signProposal(4, byCommit(qc), bytesOf('next'))
    expect(rejectionsOf(replica.receive(proposal))).toEqual([])
    expect(harness.phase).toBe('prepare')
    expect(rejectionsOf(replica.expire())).toEqual([
      { code: 'MISSING_PREVIOUS_PAYLOAD', number: 4n },
    ])
  })

  test('leader proposal › the block before comes in time › the payload is judged then, and voted for', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    replica.receive(committee.signProposal(4, byCommit(qc), bytesOf('next')))
    const early = replica.input({ type: 'blockPersisted', first: 0n, next: 4n })
    expect(early).toEqual([])
    const effects = replica.input({ type: 'blockPersisted', first: 0n, next: 5n })
    expect(effects.map((effect) => effect.type)).toContain('verifyPayload')
    expect(harness.vote().proposal).toEqual(committee.header(5n, 'next'))
  })

  test('leader proposal › while it waits, its own block comes, of a later view › INVALID_PAYLOAD, and it is not judged', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    replica.receive(committee.signProposal(4, byCommit(qc), bytesOf('next')))
    const effects = replica.input({ type: 'blockPersisted', first: 0n, next: 6n })
    expect(effects.map((effect) => effect.type)).toEqual(['rejected'])
    expect(rejectionsOf(effects)).toMatchObject([{ code: 'INVALID_PAYLOAD' }])
    expect(replica.state.highVote).toBeUndefined()
  })

  test('leader proposal › while it waits for the block before, the view times out › no vote afterwards', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(3n, committee.header(4n, 'far')))
    replica.receive(committee.signProposal(4, byCommit(qc), bytesOf('next')))
    replica.expire()
    replica.input({ type: 'blockPersisted', first: 0n, next: 5n })
    expect(harness.phase).toBe('timeout')
    expect(replica.state.highVote).toBeUndefined()
  })

  test('leader proposal › the execution layer refuses the payload › INVALID_PAYLOAD and no vote', () => {
    const harness = ReplicaHarness.inView1({
      validators: 6,
      execution: { verify: () => ({ ok: false, reason: 'nonsense' }) },
    })
    expect(rejectionsOf(harness.propose())).toEqual([
      { code: 'INVALID_PAYLOAD', reason: 'nonsense' },
    ])
    expect(harness.phase).toBe('prepare')
    expect(harness.replica.state.proposals).toEqual([])
  })

  test('leader proposal › the verdict comes after the view timed out › no vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, execution: { verify: () => 'later' } })
    harness.propose()
    const { hash } = harness.replica.state.pendingProposal!
    harness.replica.expire()
    harness.replica.input({ type: 'payloadVerified', view: 1n, hash, verdict: { ok: true } })
    expect(harness.replica.state.highVote).toBeUndefined()
    expect(harness.phase).toBe('timeout')
  })

  test('leader proposal › the verdict on the same payload in an earlier view › it is ignored', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, execution: { verify: () => 'later' } })
    const { committee, replica } = harness
    harness.propose(bytesOf('same'))
    harness.timeoutView()
    harness.propose(bytesOf('same'))
    const { payload: hash } = committee.header(0n, 'same')
    const verdict = { ok: true } as const
    expect(replica.input({ type: 'payloadVerified', view: 1n, hash, verdict })).toEqual([])
    expect(
      broadcastsOf(replica.input({ type: 'payloadVerified', view: 2n, hash, verdict })),
    ).toEqual(['replicaCommit'])
  })

  test('leader proposal › the verdict is about another payload › it is ignored', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, execution: { verify: () => 'later' } })
    harness.propose()
    const hash = hashPayload(bytesOf('another'))
    harness.replica.input({ type: 'payloadVerified', view: 1n, hash, verdict: { ok: true } })
    expect(harness.phase).toBe('prepare')
  })

  test('leader proposal › a second one while the first is judged › DUPLICATE_SIGNER', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, execution: { verify: () => 'later' } })
    harness.propose()
    const { pendingProposal } = harness.replica.state
    expect(rejectionsOf(harness.propose(bytesOf('another')))).toEqual([
      { code: 'DUPLICATE_SIGNER', view: 1n },
    ])
    expect(harness.replica.state.pendingProposal).toEqual(pendingProposal)
  })

  test('re-proposal › its payload is unknown here › it is voted for, and the block then comes by sync', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const highVote = committee.commit(1n, committee.header(0n, 'never seen'))
    const qc = committee.timeoutQc(1n, [[committee.timeout(1n, { highVote }), [1, 2, 3, 4, 5]]])
    replica.receive(committee.signProposal(2, byTimeout(qc), undefined))
    expect(harness.vote().proposal).toEqual(highVote.proposal)
    const effects = harness.commitBy([1, 2, 3, 4])
    expect(effects.map((effect) => effect.type)).toContain('finalized')
    expect(effects.map((effect) => effect.type)).not.toContain('saveBlock')
    expect(replica.disk.next).toBe(0n)
  })

  test('leader › it enters its view › it asks for a payload and proposes it', () => {
    const harness = new ReplicaHarness({ validators: 6, index: 1 })
    harness.replica.start()
    const effects = harness.timeoutView()
    expect(effects.find((effect) => effect.type === 'propose')).toEqual({
      type: 'propose',
      view: 1n,
      number: 0n,
      deadline: harness.replica.now + 2000,
    })
    expect(broadcastsOf(effects)).toContain('leaderProposal')
    expect(harness.vote().proposal).toEqual(harness.committee.header(0n, 'block 0 in view 1'))
  })

  test('leader › the execution layer has nothing to propose › nothing is sent and the view times out', () => {
    const harness = new ReplicaHarness({
      validators: 6,
      index: 1,
      execution: { propose: () => undefined },
    })
    harness.replica.start()
    expect(broadcastsOf(harness.timeoutView())).not.toContain('leaderProposal')
    expect(harness.phase).toBe('prepare')
  })

  test('leader › the payload comes when the view is over › it is not proposed', () => {
    const harness = new ReplicaHarness({
      validators: 6,
      index: 1,
      execution: { propose: () => 'later' },
    })
    harness.replica.start()
    harness.timeoutView()
    harness.timeoutView()
    const late = harness.replica.input({ type: 'payloadProposed', view: 1n, payload: bytesOf('a') })
    expect(late).toEqual([])
  })

  test('leader › the payload comes in a later view that is ours again › it is not proposed', () => {
    const harness = new ReplicaHarness({
      validators: 6,
      index: 1,
      execution: { propose: () => 'later' },
    })
    const { committee, replica } = harness
    replica.start()
    harness.timeoutView()
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(6n))))
    expect(harness.view).toBe(7n)
    const payload = bytesOf('late')
    expect(replica.input({ type: 'payloadProposed', view: 1n, payload })).toEqual([])
    const proposed = broadcastsOf(replica.input({ type: 'payloadProposed', view: 7n, payload }))
    expect(proposed[0]).toBe('leaderProposal')
  })

  test('leader › a payload over the limit › it is not proposed', () => {
    const harness = new ReplicaHarness({
      validators: 6,
      index: 1,
      execution: { propose: () => new Uint8Array(1001) },
    })
    harness.replica.start()
    expect(broadcastsOf(harness.timeoutView())).not.toContain('leaderProposal')
  })

  test('leader › the block before is missing › it proposes when that arrives', () => {
    const harness = new ReplicaHarness({ validators: 6, index: 4 })
    const { committee, replica } = harness
    replica.start()
    const qc = committee.commitQc(committee.commit(3n, committee.header(7n, 'far')))
    const entered = replica.receive(committee.signNewView(2, byCommit(qc)))
    expect(entered.map((effect) => effect.type)).not.toContain('propose')
    const effects = replica.input({ type: 'blockPersisted', first: 0n, next: 8n })
    expect(effects.find((effect) => effect.type === 'propose')).toMatchObject({ number: 8n })
    expect(broadcastsOf(effects)).toContain('leaderProposal')
  })

  test('leader › its justification demands a re-proposal › it proposes without a payload', () => {
    const harness = new ReplicaHarness({ validators: 6, index: 2 })
    const { committee, replica } = harness
    replica.start()
    const highVote = committee.commit(1n, committee.header(0n, 'a'))
    const qc = committee.timeoutQc(1n, [[committee.timeout(1n, { highVote }), [1, 2, 3, 4, 5]]])
    const effects = replica.receive(committee.signNewView(1, byTimeout(qc)))
    expect(effects).toContainEqual({
      type: 'broadcast',
      message: {
        type: 'leaderProposal',
        value: { payload: undefined, justification: byTimeout(qc) },
      },
    })
    expect(harness.vote().proposal).toEqual(highVote.proposal)
  })
})
