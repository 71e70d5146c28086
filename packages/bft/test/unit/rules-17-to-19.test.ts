import { describe, expect, test } from 'vitest'
import { verifyCommitQC } from '@zkstack/roles'
import type { CommitQC, ProposalJustification, TimeoutQC } from '@zkstack/roles'
import {
  byCommit,
  bytesOf,
  byTimeout,
  countingScheme,
  createCommittee,
  rejectionsOf,
  ReplicaHarness,
  shiftSignature,
} from '@zkstack/bft/testing'
import { standInScheme } from '@zkstack/crypto/testing'
import { VerifiedQcCache } from '../../src/runner/verified-qc-cache.js'
import { runCheckAtOnce } from '../../testing/run-check-at-once.js'

describe('rule 17: cache of verified QCs', () => {
  test('rule 17 › a QC differs in bitmap or signature from a cached one › it is checked in full', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const verified = new VerifiedQcCache(10)
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const good = committee.commitQc(vote)
    const { scope } = committee
    expect(verifyCommitQC(good, scope, { verified }).ok).toBe(true)
    expect(counting.checks).toBe(1)
    expect(verifyCommitQC(good, scope, { verified }).ok).toBe(true)
    expect(counting.checks).toBe(1)
    expect(
      verifyCommitQC({ ...good, signature: shiftSignature(good.signature, 1n) }, scope, {
        verified,
      }).ok,
    ).toBe(false)
    expect(verifyCommitQC(committee.commitQc(vote, [0, 1, 2, 3, 4]), scope, { verified }).ok).toBe(
      true,
    )
    expect(counting.checks).toBe(3)
  })

  test('rule 17 › a QC failed › it is not stored, and is checked again', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const verified = new VerifiedQcCache(10)
    const good = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const bad = { ...good, signature: shiftSignature(good.signature, 1n) }
    for (const _ of [1, 2]) {
      expect(verifyCommitQC(bad, committee.scope, { verified }).ok).toBe(false)
    }
    expect(counting.checks).toBe(2)
    expect(verified.size).toBe(0)
  })

  test('rule 17 › a NewView’s QC fails, or one embedded in it › nothing of it is stored, and it fails again', () => {
    const committee = createCommittee({ validators: 6 })
    const { scope } = committee
    const verified = new VerifiedQcCache(10)
    const good = committee.commitQc(committee.commit(1n, committee.header(0n, 'a')))
    const bad = { ...good, signature: shiftSignature(good.signature, 1n) }
    const embedding = (highQc: CommitQC): TimeoutQC =>
      committee.timeoutQc(2n, [[committee.timeout(2n, { highQc }), committee.everybody()]])
    const unsigned = embedding(good)
    const outcomeOf = (justification: ProposalJustification): unknown => {
      const message = committee.signNewView(1, justification)
      const check = { type: 'message', message, checkSignature: false, justification } as const
      return runCheckAtOnce(check, { scope, verified })
    }
    for (const justification of [
      byCommit(bad),
      byTimeout(embedding(bad)),
      byTimeout({ ...unsigned, signature: shiftSignature(unsigned.signature, 1n) }),
    ]) {
      for (const _ of [1, 2]) {
        expect(outcomeOf(justification)).toMatchObject({ outcome: 'invalidJustification' })
      }
    }
    expect(verified.size).toBe(0)
    expect(outcomeOf(byTimeout(embedding(good)))).toMatchObject({ outcome: 'valid' })
    expect(verified.size).toBe(2)
  })

  test('rule 17 › more entries than capacity › the least recently used goes, a pinned one never', () => {
    const cache = new VerifiedQcCache(2)
    cache.add('own')
    cache.pin(['own'])
    cache.add('a')
    cache.add('b')
    expect(cache.has('own')).toBe(true)
    expect(cache.has('a')).toBe(false)
    cache.pin([])
    cache.add('c')
    cache.add('d')
    expect(cache.has('own')).toBe(false)
    expect(cache.size).toBe(2)
  })

  test('rule 17 › a key is pinned that was never verified › that does not enter it', () => {
    const cache = new VerifiedQcCache(2)
    cache.pin(['never verified'])
    expect(cache.has('never verified')).toBe(false)
  })
})

describe('rule 18: equal CommitQC', () => {
  /** The replica in view 2, by its own QC over the block of view 1. */
  function afterBlock(): { readonly harness: ReplicaHarness; readonly other: CommitQC } {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.commitBlock()
    // The same statement, with other signers and another signature than ours.
    const other = harness.committee.commitQc(harness.vote(), [1, 2, 3, 4, 5])
    return { harness, other }
  }

  test('rule 18 › a proposal is justified by other bytes of the QC we know › only its signature is checked', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const own = replica.state.highCommitQc
    expect(other).not.toEqual(own)
    const effects = replica.receive(committee.signProposal(2, byCommit(other), bytesOf('b')))
    expect(effects[0]).toMatchObject({
      type: 'verify',
      check: { checkSignature: true, justification: undefined },
    })
    expect(harness.phase).toBe('commit')
    // What we keep and pass on is ours.
    expect(replica.state.highCommitQc).toBe(own)
    expect(replica.disk.load()?.highCommitQc).toEqual(own)
  })

  test('rule 18 › a proposal is justified by forged bytes of the QC we know › they never travel on', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const forged = { ...other, signature: shiftSignature(other.signature, 7n) }
    replica.receive(committee.signProposal(2, byCommit(forged), bytesOf('b')))
    expect(harness.phase).toBe('commit')
    const state = JSON.stringify(replica.state.highCommitQc, jsonable)
    expect(state).not.toContain(JSON.stringify(forged.signature, jsonable))
    const sent = JSON.stringify(replica.takeSent(), jsonable)
    expect(sent).not.toContain(JSON.stringify(forged.signature, jsonable))
  })

  test('rule 18 › the statement becomes known while a proposal waits to be checked › its signature is checked all the same', () => {
    const harness = ReplicaHarness.inView1({ validators: 6 })
    harness.restart({ holdChecks: true })
    const { committee, replica } = harness
    const vote = committee.commit(1n, committee.header(0n, 'a'))
    const qc = committee.commitQc(vote, [1, 2, 3, 4, 5])
    replica.receive(committee.forge(committee.signProposal(2, byCommit(qc), bytesOf('b'))))
    harness.commitBy([1, 2, 3, 4, 5], vote)
    replica.input({
      type: 'verified',
      id: replica.heldChecks[1]!.id,
      result: {
        type: 'votes',
        passed: [{ signers: [1, 2, 3, 4, 5], aggregate: qc.signature }],
        failed: [],
        failedQc: [],
      },
    })
    expect(replica.state.highCommitQc).toEqual(qc)
    expect(rejectionsOf(replica.runChecks(1))).toEqual([{ code: 'INVALID_SIGNATURE' }])
    expect(harness.phase).toBe('prepare')
  })

  test('rule 18 › another statement for the same view › no substitution: it is checked', () => {
    const { harness } = afterBlock()
    const { committee, replica } = harness
    const qc = committee.commitQc(committee.commit(1n, committee.header(0n, 'another block')))
    const effects = replica.receive(committee.signProposal(2, byCommit(qc), bytesOf('b')))
    expect(effects[0]).toMatchObject({ check: { justification: byCommit(qc) } })
  })

  test('rule 18 › the known statement forged inside a timeout › no substitution: it fails', () => {
    const { harness, other } = afterBlock()
    const { committee, replica } = harness
    const highQc = { ...other, signature: shiftSignature(other.signature, 7n) }
    replica.expire()
    const forged = committee.timeout(2n, { highVote: harness.vote(), highQc })
    replica.receive(committee.signTimeout(1, forged))
    expect(harness.timeoutBy([2, 3, 4])).toContainEqual({
      type: 'blamed',
      validator: 1,
      rule: 'INVALID_EMBEDDED_QC',
    })
  })
})

function jsonable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? [...value] : value
}

describe('rule 19: batching', () => {
  test('rule 19 › two forged QCs whose sum verifies › each is checked alone and both fail', () => {
    const committee = createCommittee({ validators: 6 })
    const qcs = ['a', 'b'].map((text) =>
      committee.commitQc(committee.commit(0n, committee.header(0n, text))),
    )
    const [first, second] = qcs
    const forged = [
      { ...first!, signature: shiftSignature(first!.signature, 9n) },
      { ...second!, signature: shiftSignature(second!.signature, -9n) },
    ]
    const result = runCheckAtOnce(
      { type: 'votes', votes: [], embedded: forged.map((qc, i) => ({ qc, authors: [i] })) },
      { scope: committee.scope, verified: new VerifiedQcCache(10) },
    )
    expect(result).toEqual({ type: 'votes', passed: [], failed: [], failedQc: [0, 1] })
  })

  test('rule 19 › a TimeoutQC made up of many good QCs and no votes › it fails after one check', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const votes = [1, 2, 3, 4, 5].map((index) => {
      const signers = committee.everybody().filter((other) => other !== index)
      const timeout = committee.timeout(1n, { highQc: committee.commitQc(vote, signers) })
      return [timeout, [index]] as const
    })
    const qc = committee.timeoutQc(1n, votes)
    const justification = byTimeout({ ...qc, signature: shiftSignature(qc.signature, 1n) })
    const message = committee.signNewView(1, justification)
    const check = { type: 'message', message, checkSignature: false, justification } as const
    const context = { scope: committee.scope, verified: new VerifiedQcCache(10) }
    expect(runCheckAtOnce(check, context)).toEqual({
      type: 'message',
      outcome: 'invalidJustification',
    })
    expect(counting.checks).toBe(1)
  })

  test('rule 19 › a TimeoutQC with k distinct embedded QCs › k + 1 checks, and none when seen again', () => {
    const counting = countingScheme(standInScheme)
    const committee = createCommittee({ validators: 6, scheme: counting.scheme })
    const vote = committee.commit(0n, committee.header(0n, 'a'))
    const votes = [1, 2, 3, 4, 5].map((index) => {
      const signers = committee.everybody().filter((other) => other !== index)
      const timeout = committee.timeout(1n, { highQc: committee.commitQc(vote, signers) })
      return [timeout, [index]] as const
    })
    const justification = byTimeout(committee.timeoutQc(1n, votes))
    const message = committee.signNewView(1, justification)
    const verified = new VerifiedQcCache(10)
    const check = { type: 'message', message, checkSignature: false, justification } as const
    const context = { scope: committee.scope, verified }
    expect(runCheckAtOnce(check, context)).toEqual({ type: 'message', outcome: 'valid' })
    expect(counting.checks).toBe(6)
    runCheckAtOnce(check, context)
    expect(counting.checks).toBe(6)
  })
})
