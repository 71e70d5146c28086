import { describe, expect, it } from 'vitest'
import type { ReplicaTimeout, Signed, TimeoutQC, TimeoutQCEntry } from '../../src/index.js'
import {
  addToTimeoutQC,
  emptyTimeoutQC,
  highQcOf,
  highVoteOf,
  sameTimeoutQC,
  Signers,
  timeoutQcWeight,
  validateReplicaTimeout,
  validateTimeoutQC,
  verifyReplicaTimeout,
  verifyTimeoutQC,
} from '../../src/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'
import { otherEpoch, otherGenesis } from '../helpers/scopes.js'

const committee = testCommittee(6, { seed: 'timeout-qc' })
const { scope, schedule } = committee
const voteA = committee.commit(3n, 7n)
const voteB = committee.commit(3n, 8n)
const voteC = committee.commit(3n, 9n)
const foreignVote = { ...voteA, view: { ...voteA.view, epoch: 9n } }
const badQc = { ...committee.commitQc(voteA), signature: committee.commitQc(voteB).signature }
const plain = committee.timeout(4n)

/** A TimeoutQC in which each message is signed by as many validators as it says, one after another. */
function split(...groups: readonly (readonly [ReplicaTimeout, number])[]): TimeoutQC {
  let next = 0
  const votes = groups.flatMap(([message, count]) =>
    Array.from({ length: count }, () => ({ index: next++, message })),
  )
  return committee.timeoutQc(votes)
}

function withHighVote(highVote: ReplicaTimeout['highVote']): ReplicaTimeout {
  return { ...plain, highVote }
}

function vote(index: number, value: ReplicaTimeout = plain): Signed {
  return committee.sign(index, { type: 'replicaTimeout', value })
}

describe('replica timeout', () => {
  it('replica timeout › of another epoch › is refused as BAD_VIEW', () => {
    expect(verifyReplicaTimeout(plain, otherEpoch(scope))).toMatchObject({
      error: { code: 'BAD_VIEW', cause: { code: 'EPOCH_MISMATCH' } },
    })
  })

  it('replica timeout › with a high vote of another epoch › is refused as INVALID_HIGH_VOTE', () => {
    expect(verifyReplicaTimeout(withHighVote(foreignVote), scope)).toMatchObject({
      error: { code: 'INVALID_HIGH_VOTE', cause: { code: 'BAD_VIEW' } },
    })
  })

  it('replica timeout › with an invalid high QC › is refused as INVALID_HIGH_QC, its signature last', () => {
    const light = { ...plain, highQc: committee.commitQc(voteA, [0]) }
    expect(validateReplicaTimeout(light, scope)).toMatchObject({
      error: { code: 'INVALID_HIGH_QC', cause: { code: 'NOT_ENOUGH_WEIGHT' } },
    })
    const forged = { ...plain, highQc: badQc }
    expect(validateReplicaTimeout(forged, scope).ok).toBe(true)
    expect(verifyReplicaTimeout(forged, scope)).toMatchObject({
      error: { code: 'INVALID_HIGH_QC', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('replica timeout › with a high vote and QC of its epoch › is valid', () => {
    const full = { ...plain, highVote: voteA, highQc: committee.commitQc(voteA) }
    expect(verifyReplicaTimeout(full, scope).ok).toBe(true)
  })
})

describe('high vote of a timeout QC', () => {
  it('high vote › of one subquorum › is its block', () => {
    const qc = split([withHighVote(voteA), 3], [withHighVote(voteB), 2], [plain, 1])
    expect(highVoteOf(qc, schedule)).toEqual(voteA.proposal)
  })

  it('high vote › of two subquorums › is none', () => {
    expect(
      highVoteOf(split([withHighVote(voteA), 3], [withHighVote(voteB), 3]), schedule),
    ).toBeUndefined()
  })

  it('high vote › below the subquorum everywhere › is none', () => {
    const qc = split([withHighVote(voteA), 2], [withHighVote(voteB), 2], [withHighVote(voteC), 2])
    expect(highVoteOf(qc, schedule)).toBeUndefined()
  })

  it('high vote › beside a subquorum that has none › is the block all the same', () => {
    expect(highVoteOf(split([withHighVote(voteA), 3], [plain, 3]), schedule)).toEqual(
      voteA.proposal,
    )
  })

  it('high vote › for one block in different views › is counted together', () => {
    const again = { ...voteA, view: committee.view(2n) }
    const qc = split([withHighVote(voteA), 2], [withHighVote(again), 1], [plain, 2])
    expect(highVoteOf(qc, schedule)).toEqual(voteA.proposal)
  })
})

describe('high QC of a timeout QC', () => {
  it('high QC › of several › is the one of the highest view, the last in order on a tie', () => {
    const low = { ...plain, highQc: committee.commitQc(committee.commit(1n, 1n)) }
    const high = { ...plain, highQc: committee.commitQc(committee.commit(3n, 2n)) }
    const tie = { ...plain, highQc: committee.commitQc(committee.commit(3n, 3n)) }
    expect(highQcOf(split([low, 2], [high, 1], [plain, 2]))).toEqual(high.highQc)
    expect(highQcOf(split([tie, 1], [low, 2], [high, 1]))).toEqual(tie.highQc)
    expect(highQcOf(split([plain, 5]))).toBeUndefined()
  })
})

describe('adding a vote to a timeout QC', () => {
  const empty = emptyTimeoutQC(plain.view, schedule)

  it('vote › of different messages in any order › verifies together', () => {
    let qc = empty
    for (const index of [5, 2, 0, 4, 1]) {
      const message = index % 2 === 0 ? plain : withHighVote(voteA)
      qc = unwrap(addToTimeoutQC(qc, vote(index, message), scope))
    }
    expect(qc.entries.map((entry) => entry.signers.indices())).toEqual([
      [0, 2, 4],
      [1, 5],
    ])
    expect(timeoutQcWeight(qc, schedule)).toBe(5n)
    expect(verifyTimeoutQC(qc, scope).ok).toBe(true)
    const votes = [0, 1, 2, 4, 5].map((index) => ({
      index,
      message: index % 2 === 0 ? plain : withHighVote(voteA),
    }))
    expect(sameTimeoutQC(qc, committee.timeoutQc(votes))).toBe(true)
  })

  it('vote › of a stranger › is refused as SIGNER_NOT_IN_COMMITTEE', () => {
    const stranger = testCommittee(1, { seed: 'stranger' })
    const signed = stranger.sign(0, { type: 'replicaTimeout', value: plain })
    expect(addToTimeoutQC(empty, signed, scope)).toMatchObject({
      error: { code: 'SIGNER_NOT_IN_COMMITTEE' },
    })
  })

  it('vote › twice, even with another message › is refused as DUPLICATE_SIGNER', () => {
    const qc = unwrap(addToTimeoutQC(empty, vote(0), scope))
    for (const signed of [vote(0), vote(0, withHighVote(voteA))]) {
      expect(addToTimeoutQC(qc, signed, scope)).toMatchObject({
        error: { code: 'DUPLICATE_SIGNER' },
      })
    }
  })

  it('vote › with the signature of another › is refused as BAD_SIGNATURE', () => {
    const signed = { ...vote(0), sig: vote(1).sig }
    expect(addToTimeoutQC(empty, signed, scope)).toMatchObject({ error: { code: 'BAD_SIGNATURE' } })
  })

  it('vote › of another view, or of another sort › is refused as INCONSISTENT_VIEWS', () => {
    const commit = committee.sign(0, { type: 'replicaCommit', value: voteA })
    for (const signed of [vote(0, committee.timeout(5n)), commit]) {
      expect(addToTimeoutQC(empty, signed, scope)).toMatchObject({
        error: { code: 'INCONSISTENT_VIEWS' },
      })
    }
  })

  it('vote › with an invalid message › is refused as INVALID_MESSAGE', () => {
    expect(addToTimeoutQC(empty, vote(0, withHighVote(foreignVote)), scope)).toMatchObject({
      error: { code: 'INVALID_MESSAGE', cause: { code: 'INVALID_HIGH_VOTE' } },
    })
  })
})

describe('timeout QC', () => {
  const qc = split([plain, 3], [withHighVote(voteA), 2])
  const replace = (index: number, entry: Partial<TimeoutQCEntry>): TimeoutQC => ({
    ...qc,
    entries: qc.entries.map((old, i) => (i === index ? { ...old, ...entry } : old)),
  })

  it('timeout QC › of a quorum › is valid', () => {
    expect(verifyTimeoutQC(qc, scope)).toEqual({ ok: true, value: undefined })
  })

  it('timeout QC › of ten messages with different high QCs › is valid, each QC being checked once', () => {
    const many = testCommittee(10, { seed: 'ten' })
    const commit = many.commit(1n, 1n)
    const votes = many.everybody.map((index) => {
      const signers = many.everybody.filter((other) => other !== index)
      return { index, message: many.timeout(2n, { highQc: many.commitQc(commit, signers) }) }
    })
    const verified = new Set<string>()
    expect(verifyTimeoutQC(many.timeoutQc(votes), many.scope, { verified }).ok).toBe(true)
    expect(verified.size).toBe(11)
  })

  it('timeout QC › of another genesis › is refused as BAD_VIEW', () => {
    expect(verifyTimeoutQC(qc, otherGenesis(scope))).toMatchObject({ error: { code: 'BAD_VIEW' } })
  })

  it('timeout QC › with a message of another view › is refused as INCONSISTENT_VIEW', () => {
    expect(verifyTimeoutQC(replace(1, { message: committee.timeout(5n) }), scope)).toEqual({
      ok: false,
      error: { code: 'INCONSISTENT_VIEW', index: 1 },
    })
  })

  it('timeout QC › with a bitmap of another length › is refused as WRONG_SIGNERS_LENGTH', () => {
    expect(verifyTimeoutQC(replace(0, { signers: Signers.of(5, [0]) }), scope)).toEqual({
      ok: false,
      error: { code: 'WRONG_SIGNERS_LENGTH', index: 0 },
    })
  })

  it('timeout QC › with a message of nobody › is refused as NO_SIGNERS_ASSIGNED', () => {
    expect(verifyTimeoutQC(replace(1, { signers: Signers.empty(6) }), scope)).toEqual({
      ok: false,
      error: { code: 'NO_SIGNERS_ASSIGNED', index: 1 },
    })
  })

  it('timeout QC › with a validator under two messages › is refused as OVERLAPPING_SIGNATURE_SET', () => {
    expect(verifyTimeoutQC(replace(1, { signers: Signers.of(6, [2, 4]) }), scope)).toEqual({
      ok: false,
      error: { code: 'OVERLAPPING_SIGNATURE_SET', index: 1 },
    })
  })

  it('timeout QC › with an invalid message › is refused as INVALID_MESSAGE', () => {
    expect(
      verifyTimeoutQC(replace(1, { message: withHighVote(foreignVote) }), scope),
    ).toMatchObject({
      error: { code: 'INVALID_MESSAGE', index: 1, cause: { code: 'INVALID_HIGH_VOTE' } },
    })
  })

  it('timeout QC › with a forged high QC of a low view › is refused as INVALID_MESSAGE (rule 9)', () => {
    const forged = split([{ ...plain, highQc: badQc }, 5])
    expect(validateTimeoutQC(forged, scope).ok).toBe(true)
    expect(verifyTimeoutQC(forged, scope)).toMatchObject({
      error: { code: 'INVALID_MESSAGE', index: 0, cause: { code: 'INVALID_HIGH_QC' } },
    })
  })

  it('timeout QC › below the quorum or empty › is refused as NOT_ENOUGH_WEIGHT', () => {
    expect(verifyTimeoutQC(split([plain, 4]), scope)).toEqual({
      ok: false,
      error: { code: 'NOT_ENOUGH_WEIGHT', got: 4n, want: 5n },
    })
    expect(verifyTimeoutQC(emptyTimeoutQC(plain.view, schedule), scope)).toMatchObject({
      error: { code: 'NOT_ENOUGH_WEIGHT', got: 0n },
    })
  })

  it('timeout QC › with the signature of another › is refused as BAD_SIGNATURE', () => {
    const { signature } = split([plain, 5])
    expect(verifyTimeoutQC({ ...qc, signature }, scope)).toEqual({
      ok: false,
      error: { code: 'BAD_SIGNATURE' },
    })
  })
})
