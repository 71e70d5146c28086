import { describe, expect, it } from 'vitest'
import type { CommitQC, ReplicaCommit, Signed } from '../../src/index.js'
import {
  addToCommitQC,
  emptyCommitQC,
  qcKey,
  sameCommitQC,
  Signers,
  validateCommitQC,
  validateReplicaCommit,
  verifyCommitQC,
} from '../../src/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'
import { otherEpoch, otherGenesis } from '../helpers/scopes.js'

const committee = testCommittee(6, { seed: 'commit-qc' })
const { scope, schedule } = committee
const message = committee.commit(3n, 7n)

function vote(index: number, value: ReplicaCommit = message): Signed {
  return committee.sign(index, { type: 'replicaCommit', value })
}

describe('replica commit', () => {
  it('replica commit › of another genesis or epoch › is refused as BAD_VIEW', () => {
    expect(validateReplicaCommit(message, scope).ok).toBe(true)
    expect(validateReplicaCommit(message, otherGenesis(scope))).toMatchObject({
      error: { code: 'BAD_VIEW', cause: { code: 'GENESIS_MISMATCH', got: scope.genesis } },
    })
    expect(validateReplicaCommit(message, otherEpoch(scope))).toMatchObject({
      error: { code: 'BAD_VIEW', cause: { code: 'EPOCH_MISMATCH', expected: 1n, got: 0n } },
    })
  })
})

describe('adding a vote to a commit QC', () => {
  const empty = emptyCommitQC(message, schedule)

  it('vote › of two validators in descending order › verifies together', () => {
    const first = unwrap(addToCommitQC(empty, vote(4), scope))
    const second = unwrap(addToCommitQC(first, vote(1), scope))
    expect(second.signers.indices()).toEqual([1, 4])
    expect(sameCommitQC(second, committee.commitQc(message, [1, 4]))).toBe(true)
    expect(empty.signers.isEmpty).toBe(true)
  })

  it('vote › of a stranger › is refused as SIGNER_NOT_IN_COMMITTEE', () => {
    const stranger = testCommittee(1, { seed: 'stranger' })
    const signed = stranger.sign(0, { type: 'replicaCommit', value: message })
    expect(addToCommitQC(empty, signed, scope)).toEqual({
      ok: false,
      error: { code: 'SIGNER_NOT_IN_COMMITTEE', signer: signed.key },
    })
  })

  it('vote › twice, even for something else › is refused as DUPLICATE_SIGNER', () => {
    const qc = unwrap(addToCommitQC(empty, vote(0), scope))
    for (const signed of [vote(0), vote(0, committee.commit(3n, 8n))]) {
      expect(addToCommitQC(qc, signed, scope)).toMatchObject({
        error: { code: 'DUPLICATE_SIGNER' },
      })
    }
  })

  it('vote › with the signature of another › is refused as BAD_SIGNATURE', () => {
    const signed = { ...vote(0), sig: vote(1).sig }
    expect(addToCommitQC(empty, signed, scope)).toMatchObject({ error: { code: 'BAD_SIGNATURE' } })
  })

  it('vote › for another block, or of another sort › is refused as INCONSISTENT_MESSAGES', () => {
    const timeout = committee.sign(0, { type: 'replicaTimeout', value: committee.timeout(3n) })
    for (const signed of [vote(0, committee.commit(3n, 8n)), timeout]) {
      expect(addToCommitQC(empty, signed, scope)).toMatchObject({
        error: { code: 'INCONSISTENT_MESSAGES' },
      })
    }
  })

  it('vote › judged in another epoch › is refused as INVALID_MESSAGE', () => {
    expect(addToCommitQC(empty, vote(0), otherEpoch(scope))).toMatchObject({
      error: { code: 'INVALID_MESSAGE', cause: { code: 'BAD_VIEW' } },
    })
  })
})

describe('commit QC', () => {
  const qc = committee.commitQc(message)

  it('commit QC › of exactly a quorum › is valid', () => {
    expect(verifyCommitQC(committee.commitQc(message, [0, 1, 2, 3, 5]), scope).ok).toBe(true)
    expect(verifyCommitQC(qc, scope).ok).toBe(true)
  })

  it('commit QC › of another genesis › is refused as INVALID_MESSAGE', () => {
    expect(verifyCommitQC(qc, otherGenesis(scope))).toMatchObject({
      error: { code: 'INVALID_MESSAGE', cause: { code: 'BAD_VIEW' } },
    })
  })

  it('commit QC › with a bitmap of another length › is refused as BAD_SIGNERS_SET', () => {
    const longer = { ...qc, signers: Signers.of(7, [0, 1, 2, 3, 4, 5]) }
    expect(verifyCommitQC(longer, scope)).toMatchObject({
      error: { code: 'BAD_SIGNERS_SET', got: 7, want: 6 },
    })
  })

  it('commit QC › below the quorum › is refused as NOT_ENOUGH_WEIGHT', () => {
    expect(verifyCommitQC(committee.commitQc(message, [0, 1, 2, 3]), scope)).toEqual({
      ok: false,
      error: { code: 'NOT_ENOUGH_WEIGHT', got: 4n, want: 5n },
    })
  })

  it('commit QC › of unequal weights › counts weight, not heads', () => {
    const heavy = testCommittee(3, { weights: [1n, 1n, 20n], seed: 'heavy' })
    const index = heavy.schedule.validators.findIndex((v) => v.weight === 20n)
    const commit = heavy.commit(1n, 1n)
    expect(verifyCommitQC(heavy.commitQc(commit, [index]), heavy.scope).ok).toBe(true)
    const light = [0, 1, 2].filter((i) => i !== index)
    expect(verifyCommitQC(heavy.commitQc(commit, light), heavy.scope)).toMatchObject({
      error: { code: 'NOT_ENOUGH_WEIGHT', got: 2n, want: 18n },
    })
  })

  it('commit QC › with a foreign, short or missing signature › is refused as BAD_SIGNATURE', () => {
    const other = committee.commitQc(committee.commit(3n, 8n)).signature
    for (const signature of [other, qc.signature.subarray(1), new Uint8Array()]) {
      expect(verifyCommitQC({ ...qc, signature }, scope)).toMatchObject({
        error: { code: 'BAD_SIGNATURE' },
      })
    }
  })

  it('commit QC › whose aggregate no signatures can have › is refused without a check of signatures', () => {
    const short = qc.signature.subarray(64)
    for (const signature of [short, new Uint8Array(), qc.signature.map(() => 0xff)]) {
      expect(validateCommitQC({ ...qc, signature }, scope)).toMatchObject({
        error: { code: 'BAD_SIGNATURE' },
      })
    }
  })

  it('commit QC › that claims a signer who did not sign › is refused as BAD_SIGNATURE', () => {
    const five = committee.commitQc(message, [0, 1, 2, 3, 4])
    const claimed = { ...five, signers: Signers.of(6, [0, 1, 2, 3, 5]) }
    expect(validateCommitQC(claimed, scope).ok).toBe(true)
    expect(verifyCommitQC(claimed, scope)).toMatchObject({ error: { code: 'BAD_SIGNATURE' } })
  })
})

describe('rule 17', () => {
  const qc = committee.commitQc(message)
  const forged: CommitQC = {
    ...qc,
    signature: qc.signature.map((byte, i) => (i === 70 ? byte ^ 1 : byte)),
  }

  it('rule 17 › a cache that knows a QC › spares the check of that QC alone', () => {
    const verified = new Set<string>()
    expect(verifyCommitQC(forged, scope, { verified }).ok).toBe(false)
    expect(verified.size).toBe(0)
    expect(verifyCommitQC(qc, scope, { verified }).ok).toBe(true)
    expect([...verified]).toEqual([qcKey(qc, scope)])
    expect(verifyCommitQC(forged, scope, { verified }).ok).toBe(false)
    const trusting = { has: () => true, add: () => undefined }
    expect(verifyCommitQC(forged, scope, { verified: trusting }).ok).toBe(true)
  })

  it('rule 17 › the key › changes with scope, schedule, bitmap and signature', () => {
    const stranger = testCommittee(6, { seed: 'other schedule' })
    const keys = [
      qcKey(qc, scope),
      qcKey(qc, otherGenesis(scope)),
      qcKey(qc, otherEpoch(scope)),
      qcKey(qc, { ...scope, schedule: stranger.schedule }),
      qcKey(forged, scope),
      qcKey({ ...qc, signers: Signers.of(6, [0]) }, scope),
      qcKey(committee.uniformTimeoutQc(committee.timeout(3n)), scope),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })
})
