import { describe, expect, test } from 'vitest'
import { hash32 } from '@zkstack/crypto'
import { qcKey } from '@zkstack/roles'
import { initialState } from '@zkstack/bft'
import type { Effect } from '@zkstack/bft'
import {
  byCommit,
  bytesOf,
  byTimeout,
  formedQc,
  createCommittee,
  rejectionsOf,
  ReplicaHarness,
} from '@zkstack/bft/testing'

const maxView = 2n ** 64n - 1n

function typesOf(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => effect.type)
}

describe('rule 1: scope', () => {
  test('rule 1 › a vote names another genesis or epoch › it leaves no trace in the state', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const before = replica.state
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    for (const view of [
      { ...vote.view, genesis: hash32(new Uint8Array(32)) },
      { ...vote.view, epoch: 1n },
    ]) {
      replica.receive(committee.signCommit(1, { ...vote, view }))
      replica.receive(committee.signTimeout(1, { ...committee.timeout(1n), view }))
    }
    expect(replica.state).toBe(before)
  })

  test('rule 1 › one QC in scopes that differ in genesis, epoch or schedule › each has its own key in the cache', () => {
    const committee = createCommittee({ validators: 6 })
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const { scope } = committee
    const keys = [
      scope,
      { ...scope, epoch: 1n },
      { ...scope, genesis: hash32(new Uint8Array(32)) },
      { ...scope, schedule: createCommittee({ validators: 6, seed: 'other' }).schedule },
    ].map((other) => qcKey(qc, other))
    expect(new Set(keys).size).toBe(4)
  })

  test('rule 1 › persisted state of another epoch › it is not read', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { config } = harness.replica.state
    const persisted = harness.replica.disk.load()
    const next = { ...config, scope: { ...config.scope, epoch: 1n } }
    expect(() => initialState({ config: next, persisted, firstBlock: 0n, nextBlock: 0n })).toThrow(
      RangeError,
    )
  })
})

describe('rule 2: carrier', () => {
  test('rule 2 › the author’s own connection brought a vote › it is stored without a check', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(2, committee.timeout(1n))
    expect(replica.receive(vote, 2)).toEqual([])
    expect(replica.state.votes.timeout.latest[2]).toBe(1n)
  })

  test.each([4, 'nobody'] as const)(
    'rule 2 › %s brought the vote of another › it is not first-hand and is checked alone',
    (carrier) => {
      const harness = ReplicaHarness.inView1({ validators: 6 })
      const { committee, replica } = harness
      const effects = replica.receive(committee.signTimeout(2, committee.timeout(1n)), carrier)
      expect(effects).toMatchObject([
        { type: 'verify', check: { type: 'message', checkSignature: true } },
      ])
    },
  )
})

describe('rule 3: relays', () => {
  test('rule 3 › a relayed vote’s signature is wrong › nothing of its author changes, and the carrier is blamed', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signTimeout(2, committee.timeout(1n))
    const forged = { ...vote, sig: committee.signature(2, bytesOf('something else')) }
    const before = replica.state.votes
    const effects = replica.receive(forged, 4)
    expect(replica.state.votes).toBe(before)
    expect([...replica.state.blamed]).toEqual([4])
    expect(effects).toContainEqual({ type: 'blamed', validator: 4, rule: 'RELAYED_INVALID' })
    // The real vote still counts.
    expect(replica.receive(vote, 2)).toEqual([])
    expect(replica.state.votes.timeout.latest[2]).toBe(1n)
  })

  test('rule 3 › a relayed vote is being checked › its author’s slot and latest view are untouched until it passes', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, holdChecks: false })
    const { committee } = harness
    harness.restart({ holdChecks: true })
    const { replica } = harness
    replica.receive(committee.signTimeout(2, committee.timeout(1n)), 4)
    expect(replica.state.votes.timeout.latest[2]).toBe(-1n)
    replica.runChecks()
    expect(replica.state.votes.timeout.latest[2]).toBe(1n)
  })

  test('rule 3 › relayed votes of a quorum › they count like others', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    for (const author of [1, 2, 3, 4, 5]) {
      replica.receive(committee.signTimeout(author, committee.timeout(1n)), (author % 5) + 1)
    }
    expect(harness.view).toBe(2n)
  })
})

describe('rule 4: slots of messages that are checked', () => {
  test('rule 4 › one carrier relays votes of many authors while one is checked › one waits, the rest is refused', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const relay = (author: number, view: bigint): readonly Effect[] =>
      replica.receive(committee.signTimeout(author, committee.timeout(view)), 5)
    expect(typesOf(relay(1, 1n))).toEqual(['verify'])
    expect(rejectionsOf(relay(2, 1n))).toEqual([{ code: 'SLOT_TAKEN' }])
    expect(relay(3, 2n)).toEqual([])
    expect(rejectionsOf(relay(4, 2n))).toEqual([{ code: 'SLOT_TAKEN' }])
    // A higher view replaces the one that waits.
    expect(rejectionsOf(relay(2, 3n))).toEqual([{ code: 'SLOT_TAKEN' }])
    expect(replica.state.slots.size).toBe(1)
    replica.runChecks(1)
    expect(replica.state.votes.timeout.latest[1]).toBe(1n)
    replica.runChecks(1)
    expect(replica.state.votes.timeout.latest[2]).toBe(3n)
    expect(replica.state.slots.size).toBe(0)
  })

  test('rule 4 › a carrier floods its relay slot › slots of other carriers and of its own first-hand messages are free', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(1, committee.timeout(1n)), 5)
    const other = replica.receive(committee.signTimeout(2, committee.timeout(1n)), 4)
    expect(typesOf(other)).toEqual(['verify'])
    const own = replica.receive(committee.signNewView(5, byTimeout(committee.timeoutQc(3n))), 5)
    expect(typesOf(own)).toEqual(['verify'])
  })
})

describe('rule 4: first-hand beside relayed', () => {
  test('rule 4 › what a carrier relays is being checked › its own message of the same label and view has a slot of its own', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const justification = byTimeout(committee.timeoutQc(3n))
    const relayed = replica.receive(committee.signNewView(2, justification), 5)
    const own = replica.receive(committee.signNewView(5, justification), 5)
    expect([relayed, own].map(typesOf)).toEqual([['verify'], ['verify']])
    expect(replica.state.slots.size).toBe(2)
  })
})

describe('rule 5: arrival', () => {
  test('rule 5 › several things are wrong › the first of the list is the reason', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const stranger = createCommittee({ validators: 1, seed: 'stranger' })
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const foreign = { ...vote, view: { ...vote.view, epoch: 9n } }
    const bad = new Uint8Array(1)
    const codes = [
      replica.receive({ ...stranger.signCommit(0, foreign), sig: bad }, 'nobody'),
      replica.receive({ ...committee.signCommit(1, foreign), sig: bad }),
      replica.receive({ ...committee.signCommit(1, vote), sig: bad }),
      replica.receive({
        ...committee.signCommit(1, committee.commit(maxView, vote.proposal)),
        sig: bad,
      }),
      replica.receive({
        ...committee.signCommit(1, committee.commit(2n, vote.proposal)),
        sig: bad,
      }),
    ].map((effects) => rejectionsOf(effects).map((rejection) => rejection.code))
    expect(codes).toEqual([
      ['NON_VALIDATOR_SIGNER'],
      ['INVALID_MESSAGE'],
      ['OLD'],
      ['INVALID_MESSAGE'],
      ['INVALID_SIGNATURE'],
    ])
  })

  test('rule 5 › the bitmap or aggregate of an embedded QC has the wrong length › dropped without a check', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const good = committee.commitQc(vote)
    const smaller = createCommittee({ validators: 5 }).commitQc(vote)
    for (const highQc of [
      { ...good, signers: smaller.signers },
      { ...good, signature: good.signature.slice(1) },
      { ...good, signature: new Uint8Array(good.signature.length) },
    ]) {
      const before = replica.state
      const effects = replica.receive(committee.signTimeout(1, committee.timeout(1n, { highQc })))
      expect(rejectionsOf(effects)).toEqual([
        { code: 'INVALID_MESSAGE', reason: 'INVALID_HIGH_QC' },
      ])
      expect(replica.state).toBe(before)
    }
  })
})

describe('rule 6: latest view', () => {
  test('rule 6 › a vote of view 2^64−2 › it is stored, and only its author’s latest view moves', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(3, committee.timeout(maxView - 1n)))
    expect(replica.state.votes.timeout.latest).toEqual(
      [0n, 0n, 0n, 0n, 0n, -1n].with(3, maxView - 1n),
    )
    expect(replica.state.votes.timeout.buckets.get(maxView - 1n)).toHaveLength(1)
  })

  test('rule 6 › commits and timeouts of one author › each kind has its own latest view', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(3, committee.timeout(9n)))
    replica.receive(committee.signCommit(3, committee.commit(2n, committee.header(0n, 'a'))))
    expect(replica.state.votes.timeout.latest[3]).toBe(9n)
    expect(replica.state.votes.commit.latest[3]).toBe(2n)
  })
})

describe('rule 7: prune', () => {
  test('rule 7 › each of n authors votes in view after view › never more than n buckets of n votes', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    for (let round = 0n; round < 20n; round += 1n) {
      for (const author of harness.others) {
        const view = 10n + round * 7n + BigInt(author)
        replica.receive(committee.signTimeout(author, committee.timeout(view)))
      }
      const { buckets } = replica.state.votes.timeout
      expect(buckets.size).toBeLessThanOrEqual(6)
      for (const bucket of buckets.values()) expect(bucket[0]!.votes.length).toBeLessThanOrEqual(6)
    }
  })

  test('rule 7 › a view is entered › every bucket below it is gone, those above stay', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    replica.receive(committee.signTimeout(1, committee.timeout(2n)))
    replica.receive(committee.signTimeout(2, committee.timeout(9n)))
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(5n))))
    expect([...replica.state.votes.timeout.buckets.keys()]).toEqual([9n])
  })

  test('rule 7 › one voter has gone on to a later view › the bucket survives while another’s latest view is its', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const header = committee.header(0n, 'a')
    replica.receive(committee.signCommit(1, committee.commit(3n, header)))
    replica.receive(committee.signCommit(2, committee.commit(3n, header)))
    replica.receive(committee.signCommit(1, committee.commit(4n, header)))
    const { buckets } = replica.state.votes.commit
    expect(buckets.get(3n)![0]!.votes.map((vote) => vote.author)).toEqual([1, 2])
    replica.receive(committee.signCommit(2, committee.commit(4n, header)))
    expect([...replica.state.votes.commit.buckets.keys()]).toEqual([4n])
  })
})

describe('rule 7: what entering a view keeps', () => {
  test('rule 7 › votes of the view that is entered came before › they are kept and count', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.commit(2n, committee.header(0n, 'a'))
    harness.commitBy([1, 2, 3, 4], vote)
    for (const author of [1, 2, 3, 4]) {
      replica.receive(committee.signTimeout(author, committee.timeout(2n)))
    }
    replica.receive(committee.signNewView(3, byTimeout(committee.timeoutQc(1n))))
    expect(harness.view).toBe(2n)
    expect(replica.state.votes.timeout.buckets.get(2n)?.[0]?.votes).toHaveLength(4)
    expect(formedQc(harness.commitBy([5], vote))).toBeDefined()
  })
})

describe('rule 8: trigger', () => {
  test('rule 8 › below quorum weight › nothing is checked; at quorum › one check of all unverified votes', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { replica } = harness
    replica.expire()
    expect(typesOf(harness.timeoutBy([1, 2, 3]))).toEqual([])
    expect(harness.timeoutBy([4])).toMatchObject([
      {
        type: 'verify',
        check: { type: 'votes', votes: [0, 1, 2, 3, 4].map((author) => ({ author })) },
      },
    ])
  })

  test('rule 8 › a check of the group is outstanding › a further vote starts none; the result may', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    replica.expire()
    harness.timeoutBy([1, 2, 3])
    const vote = committee.signTimeout(4, committee.timeout(1n))
    replica.receive({ ...vote, sig: committee.signature(4, bytesOf('bad')) })
    expect(replica.heldChecks).toHaveLength(1)
    expect(harness.timeoutBy([5])).toEqual([])
    // Four passed and one failed: with the sixth there is a quorum again.
    const effects = replica.runChecks(1)
    expect(effects).toMatchObject([
      { type: 'blamed', validator: 4 },
      { type: 'verify', check: { type: 'votes', votes: [{ author: 5 }] } },
    ])
    replica.runChecks()
    expect(harness.view).toBe(2n)
  })

  test('rule 8 › votes for different blocks › each block is a group of its own', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const header = (text: string) => committee.commit(1n, committee.header(0n, text))
    for (const index of [1, 2, 3]) replica.receive(committee.signCommit(index, header('a')))
    for (const index of [4, 5]) {
      expect(replica.receive(committee.signCommit(index, header('b')))).toEqual([])
    }
  })

  test('rule 8 › unequal weights › weight counts, not votes', () => {
    const harness = ReplicaHarness.inView1({ validators: [1n, 16n, 1n, 1n, 1n] })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    // W = 20, quorum = 17.
    expect(replica.receive(committee.signTimeout(1, committee.timeout(1n)))).toEqual([])
    expect(typesOf(replica.receive(committee.signTimeout(2, committee.timeout(1n))))).toEqual([
      'verify',
    ])
  })

  test('rule 8 › commits › a proposal’s justification by a CommitQC is no vote', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    replica.receive(committee.signProposal(2, byCommit(qc), bytesOf('b')))
    expect(replica.state.votes.commit.buckets.get(1n)).toBeUndefined()
  })
})
