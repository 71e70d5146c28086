import { describe, expect, test } from 'vitest'
import { ed25519Scheme } from '@zkstack/crypto'
import { verifyTimeoutQC } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import { diagnose } from '@zkstack/bft'
import {
  bytesOf,
  byTimeout,
  createCommittee,
  formedQc,
  oppositeSecret,
  rejectionsOf,
  ReplicaHarness,
  shiftSignature,
  sumOfSecrets,
  blamesOf,
} from '@zkstack/bft/testing'
import type { TimeoutContent } from '@zkstack/bft/testing'

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
    expect(blamesOf(effects)).toEqual([[1, 'INVALID_EMBEDDED_QC']])
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
    replica.receive(committee.forge(committee.signCommit(3, vote)))
    expect(blamesOf(harness.commitBy([1, 2, 4]))).toEqual([[3, 'INVALID_SIGNATURE']])
    expect(formedQc(harness.commitBy([5]))).toBeDefined()
  })

  test('rule 10 › Ed25519 votes › each is checked alone, and the bad one is found at once', () => {
    const harness = ReplicaHarness.inView1({ validators: 6, scheme: ed25519Scheme.current })
    const { committee, replica } = harness
    harness.propose()
    const vote = harness.vote()
    replica.receive(committee.forge(committee.signCommit(3, vote)))
    expect(blamesOf(harness.commitBy([1, 2, 4]))).toEqual([[3, 'INVALID_SIGNATURE']])
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
    expect(blamesOf(effects)).toEqual([])
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
  })

  test('rule 11 › a passing set says nothing of its members › a check of one of them alone still fails', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    const { committee, replica } = harness
    const vote = committee.signCommit(1, committee.commit(9n, committee.header(0n, 'a')))
    const shifted = { ...vote, sig: shiftSignature(vote.sig, 5n) }
    // The same bytes, relayed: checked alone.
    expect(blamesOf(replica.receive(shifted, 4))).toEqual([[4, 'RELAYED_INVALID']])
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
    replica.receive(committee.forge(signPair(harness, third)))
    const effects = harness.timeoutBy(honest.slice(1, 7))
    expect(blamesOf(effects)).toEqual([[third, 'INVALID_SIGNATURE']])
    const qc = formedQc(harness.timeoutBy([honest[7]!]))
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
    const signers = qc.entries.flatMap((entry) => entry.signers.indices())
    // Eight honest ones and one of the pair, whatever halves they came in.
    expect(signers).toHaveLength(9)
    expect(honest.slice(0, 8).every((index) => signers.includes(index))).toBe(true)
  })
})

describe('rule 11: seven keys that cancel', () => {
  /** 41 validators, of which `a + b`, `a + c + d` and `e + f` are infinity; the replica is an honest one. */
  function withSeven(seed: string): {
    readonly harness: ReplicaHarness
    readonly index: Readonly<Record<'a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'forger', number>>
    readonly honest: readonly number[]
  } {
    const secrets = createCommittee({ validators: 41, seed }).secrets.slice()
    const [a, , c, , e] = secrets as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    secrets[1] = oppositeSecret(a)
    secrets[3] = oppositeSecret(sumOfSecrets([a, c]))
    secrets[5] = oppositeSecret(e)
    const committee = createCommittee({ validators: 41, secrets })
    const bad = secrets.slice(0, 8).map((secret) => {
      return committee.schedule.indexOf(committee.schedule.scheme.publicKey(secret)) ?? -1
    })
    const honest = committee.everybody().filter((index) => !bad.includes(index))
    const harness = new ReplicaHarness({
      committee,
      validators: 41,
      index: honest[0] ?? -1,
      holdChecks: true,
    })
    harness.replica.start()
    const [ia = -1, ib = -1, ic = -1, id = -1, ie = -1, f = -1, g = -1, forger = -1] = bad
    return { harness, index: { a: ia, b: ib, c: ic, d: id, e: ie, f, g, forger }, honest }
  }

  test('rule 11 › all halves pass, and none can join › votes of keys that cancel are dropped, the honest ones beside them count', () => {
    // Of this seed the keys lie so that b, and c with d, come into different halves.
    const { harness, index, honest } = withSeven('cancel 98')
    const { committee, replica } = harness
    const content = (block: string): TimeoutContent => ({
      highVote: committee.commit(0n, committee.header(0n, block)),
    })
    const vote = (author: number, block?: string): Signed =>
      committee.signTimeout(
        author,
        committee.timeout(0n, block === undefined ? {} : content(block)),
      )
    // Verified first: a on one message and g on another. The forged vote keeps them from being a quorum.
    const first = honest.slice(1, Number(committee.schedule.quorum) - 3)
    const early = [vote(index.a, 'a'), vote(index.g, 'g'), committee.forge(vote(index.forger))]
    for (const message of early) replica.receive(message)
    for (const author of first) replica.receive(vote(author))
    expect(replica.heldChecks).toHaveLength(1)
    // While that check runs: −a twice, and e with f, whose sum hides behind g but makes a set without g fail.
    for (const author of [index.b, index.c, index.d]) replica.receive(vote(author, 'a'))
    for (const author of [index.e, index.f]) replica.receive(vote(author, 'g'))
    for (const author of honest.slice(1 + first.length)) replica.receive(vote(author))
    for (let checks = 0; checks < 5; checks += 1) replica.runChecks(1)
    expect(replica.heldChecks).toEqual([])
    expect(blamesOf(replica.effects)).toEqual([[index.forger, 'INVALID_SIGNATURE']])
    const qc = formedQc(replica.effects)
    if (qc === undefined || 'message' in qc) throw new TypeError('no TimeoutQC')
    expect(verifyTimeoutQC(qc, committee.scope).ok).toBe(true)
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
      replica.receive(index === 3 ? committee.forge(vote) : vote)
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
