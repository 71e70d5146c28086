import { describe, expect, test } from 'vitest'
import type { Effect } from '@zkstack/bft'
import { highQcOf, viewOf } from '@zkstack/roles'
import type { TimeoutQC } from '@zkstack/roles'
import {
  broadcastsOf,
  byCommit,
  bytesOf,
  byTimeout,
  createCommittee,
  createStepNetwork,
  rejectionsOf,
  ReplicaHarness,
} from '@zkstack/bft/testing'

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => effect.type)
}

describe('rule 20: NewView', () => {
  test('rule 20 › below our view, of our view by a stranger to it, or without news › dropped unchecked', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.commitBlock()
    expect(harness.view).toBe(2n)
    const same = committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    const drops = [
      committee.signNewView(3, byTimeout(committee.timeoutQc(0n))),
      committee.signNewView(3, byCommit(same)),
      committee.signNewView(2, byCommit(same)),
    ].map((message) => replica.receive(message))
    for (const effects of drops) expect(typesOf(effects)).toEqual(['rejected'])
  })

  test('rule 20 › our leader’s TimeoutQC of the view before, we came by a CommitQC › it is news', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.commitBlock()
    const qc = committee.timeoutQc(1n)
    replica.receive(committee.signNewView(2, byTimeout(qc)))
    expect(replica.state.highTimeoutQc).toEqual(qc)
    expect(harness.view).toBe(2n)
  })

  test('rule 20 › our leader’s old TimeoutQC embeds a CommitQC we lack › it is news', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(1n))))
    const highQc = committee.commitQc(committee.commit(0n, committee.header(0n, 'a')))
    const qc = committee.timeoutQc(1n, [[committee.timeout(1n, { highQc }), committee.everybody()]])
    replica.receive(committee.signNewView(2, byTimeout(qc)))
    expect(replica.state.highCommitQc).toEqual(highQc)
  })

  test('rule 20 › first-hand › only the justification is checked; relayed › the signature too', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const newView = committee.signNewView(3, byTimeout(committee.timeoutQc(5n)))
    expect(replica.receive(newView, 3)).toMatchObject([{ check: { checkSignature: false } }])
    expect(replica.receive(newView, 4)).toMatchObject([{ check: { checkSignature: true } }])
  })

  test('rule 20 › the view times out again and again › our NewView is sent each time', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    for (const _ of [1, 2, 3]) {
      expect(broadcastsOf(harness.replica.expire())).toContain('replicaNewView')
    }
  })
})

describe('rule 21: own messages', () => {
  test('rule 21 › the network brings a message that bears our key › OWN_KEY, whoever carries it', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const own = committee.signTimeout(0, committee.timeout(1n))
    const before = replica.state
    for (const carrier of [0, 3, 'nobody'] as const) {
      expect(rejectionsOf(replica.receive(own, carrier))).toEqual([{ code: 'OWN_KEY' }])
    }
    expect(replica.state).toBe(before)
  })

  test('rule 21 › our own vote › it needs no check of its own and is part of the aggregate', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const own = harness.replica.expire()
    expect(typesOf(own)).not.toContain('verify')
    const effects = harness.timeoutBy([1, 2, 3, 4])
    expect(effects[0]).toMatchObject({
      type: 'verify',
      check: { votes: [0, 1, 2, 3, 4].map((author) => ({ author })) },
    })
  })

  test('rule 21 › our own vote fails alone › the replica halts, and nothing follows', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee } = harness
    harness.restart({ holdChecks: true })
    const { replica } = harness
    replica.expire()
    harness.timeoutBy([1, 2, 3, 4])
    const effects = replica.input({
      type: 'verified',
      id: replica.heldChecks[0]!.id,
      result: {
        type: 'votes',
        passed: [{ signers: [1, 2, 3, 4], aggregate: new Uint8Array(8) }],
        failed: [0],
        failedQc: [],
      },
    })
    expect(effects).toEqual([{ type: 'halt', code: 'OWN_VOTE_INVALID' }])
    expect(replica.halted).toBe('OWN_VOTE_INVALID')
    expect(committee.size).toBe(6)
  })
})

describe('rule 22: durability', () => {
  test('rule 22 › whatever is broadcast or proposed › the state that decided it was persisted before', () => {
    const network = createStepNetwork({ committee: createCommittee({ validators: 6 }) })
    network.start()
    network.runUntil(() => network.nodes.every((node) => node.disk.next >= 3n))
    for (const { effects } of network.nodes) {
      const saved: bigint[] = []
      for (const effect of effects) {
        if (effect.type === 'persist') saved.push(effect.state.view)
        if (effect.type === 'propose') expect(saved.at(-1)).toBe(effect.view)
        if (effect.type === 'broadcast' && effect.message.type === 'replicaCommit') {
          expect(saved.at(-1)).toBe(effect.message.value.view.number)
        }
      }
    }
  })

  /** A TimeoutQC of a view, in which one signer embeds a CommitQC that is newer. */
  function timeoutWithNewerCommit({ committee }: ReplicaHarness, view: bigint): TimeoutQC {
    const highQc = committee.commitQc(committee.commit(view + 6n, committee.header(0n, 'a')))
    return committee.timeoutQc(view, [
      [committee.timeout(view), [1, 2, 3, 4]],
      [committee.timeout(view, { highQc }), [5]],
    ])
  }

  /** Nothing is said of a view that is not on disk. */
  function expectCovered(effects: readonly Effect[]): void {
    let saved = -1n
    for (const effect of effects) {
      if (effect.type === 'persist') saved = effect.state.view
      if (effect.type === 'broadcast') expect(viewOf(effect.message).number).toBe(saved)
    }
  }

  test('rule 22 › a TimeoutQC embeds a CommitQC newer than itself › the view after that CommitQC is entered, persisted, and told', () => {
    const harness = new ReplicaHarness({ validators: 6 })
    const { committee, replica } = harness
    replica.start()
    const qc = timeoutWithNewerCommit(harness, 0n)
    const effects = replica.receive(committee.signNewView(5, byTimeout(qc)))
    expect(harness.view).toBe(7n)
    expect(replica.disk.load()?.view).toBe(7n)
    expect(broadcastsOf(effects)).toEqual(['replicaNewView'])
    expectCovered(effects)
  })

  test('rule 22 › the same made of votes, or in a proposal › the same; the proposal of the view that is over gets no vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const proposed = committee.signProposal(
      2,
      byTimeout(timeoutWithNewerCommit(harness, 1n)),
      bytesOf('b'),
    )
    const effects = replica.receive(proposed)
    expect(harness.view).toBe(8n)
    expect(replica.state.pendingProposal).toBeUndefined()
    expect(rejectionsOf(effects)).toMatchObject([{ code: 'OLD', currentView: 8n }])
    expectCovered(effects)
    const highQc = committee.commitQc(committee.commit(20n, committee.header(1n, 'c')))
    replica.receive(committee.signTimeout(5, committee.timeout(8n, { highQc })))
    replica.expire()
    const voted = harness.timeoutBy([1, 2, 3])
    expect(harness.view).toBe(21n)
    expectCovered(voted)
  })

  test('rule 22 › a leader enters its view by a TimeoutQC with a newer CommitQC, whose next view it leads as well › it proposes once', () => {
    const harness = new ReplicaHarness({ validators: 6, index: 1 })
    const { committee, replica } = harness
    replica.start()
    // Views 1 and 7 are ours.
    const qc = timeoutWithNewerCommit(harness, 0n)
    const effects = replica.receive(committee.signNewView(5, byTimeout(qc)))
    replica.receive(committee.signNewView(2, byCommit(highQcOf(qc)!)))
    expect(harness.view).toBe(7n)
    expect(broadcastsOf(replica.effects).filter((type) => type === 'leaderProposal')).toEqual([])
    expectCovered(effects)
  })

  test('rule 22 › a block is final › it is saved before the state that enters the next view and drops its payload', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const effects = harness.commitBlock()
    const saved = effects.findIndex((effect) => effect.type === 'saveBlock' && effect.wait)
    const entered = effects.findIndex(
      (effect) => effect.type === 'persist' && effect.state.view === 2n,
    )
    expect(saved).toBeGreaterThan(-1)
    expect(saved).toBeLessThan(entered)
    expect(harness.replica.disk.load()?.proposals).toEqual([])
  })

  test('rule 22 › block after block is final while we are far behind › what we keep of them is bounded', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    for (let view = 1n; view < 40n; view += 1n) {
      const vote = committee.commit(view, committee.header(view, `block ${view}`))
      const qc = byCommit(committee.commitQc(vote))
      const leader = committee.leader(view + 1n)
      const payload = bytesOf(`block ${view + 1n}`)
      if (leader !== 0) replica.receive(committee.signProposal(leader, qc, payload))
    }
    expect(replica.state.proposals.length).toBeLessThanOrEqual(8)
  })

  test('rule 22 › the block before a final one is missing › its payload stays in the persisted state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    harness.propose()
    const qc = committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    // As if block 0 had been final in view 1 already and ours were block 7.
    const far = committee.commit(3n, committee.header(6n, 'far'))
    replica.receive(committee.signProposal(4, byCommit(committee.commitQc(far)), bytesOf('seven')))
    const seven = committee.commit(4n, committee.header(7n, 'seven'))
    const effects = replica.receive(committee.signNewView(3, byCommit(committee.commitQc(seven))))
    expect(effects.find((effect) => effect.type === 'saveBlock')).toMatchObject({ wait: false })
    expect(replica.disk.load()?.proposals.map((proposal) => proposal.number)).toContain(7n)
    expect(qc.message.view.number).toBe(1n)
  })

  test('rule 22 › the block before a final one has come, ours is being written and nobody waits for it › its payload stays until it is on disk', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const zero = byCommit(committee.commitQc(committee.commit(1n, committee.header(0n, 'zero'))))
    replica.receive(committee.signProposal(2, zero, bytesOf('one')))
    const one = byCommit(committee.commitQc(committee.commit(2n, committee.header(1n, 'one'))))
    const effects = replica.receive(committee.signNewView(3, one))
    expect(effects.find((effect) => effect.type === 'saveBlock')).toMatchObject({ wait: false })
    replica.input({ type: 'blockPersisted', first: 0n, next: 1n })
    harness.timeoutView()
    expect(replica.disk.load()?.proposals.map(({ number }) => number)).toEqual([1n])
    replica.input({ type: 'blockPersisted', first: 0n, next: 2n })
    harness.timeoutView()
    expect(replica.disk.load()?.proposals).toEqual([])
  })
})
