import { describe, expect, it } from 'vitest'
import {
  conflictOf,
  createEvidence,
  decodeEvidence,
  encodeEvidence,
  verifyEvidence,
  type ConflictKind,
  type ConsensusMsg,
  type Evidence,
  type ReplicaCommit,
  type ReplicaTimeout,
  type Signed,
} from '../../src/index.js'
import { testCommittee, unwrap } from '../../testing/index.js'

const committee = testCommittee(6, { seed: 'evidence' })
const { scope, genesis } = committee
const payload = (text: string): Uint8Array => new TextEncoder().encode(text)

const commit = (value: ReplicaCommit): ConsensusMsg => ({ type: 'replicaCommit', value })
const timeout = (value: ReplicaTimeout): ConsensusMsg => ({ type: 'replicaTimeout', value })
const vote = (view: bigint, text = 'a'): ReplicaCommit => committee.commit(view, 0n, payload(text))
const justification = {
  type: 'timeout',
  qc: committee.uniformTimeoutQc(committee.timeout(3n)),
} as const
const proposal = (text: string): ConsensusMsg => ({
  type: 'leaderProposal',
  value: { payload: payload(text), justification },
})

function evidenceOf(a: ConsensusMsg, b: ConsensusMsg, author = 2): Evidence {
  const evidence = createEvidence(committee.sign(author, a), committee.sign(author, b))
  if (evidence === undefined) throw new TypeError('no contradiction')
  return evidence
}

const contradictions: readonly (readonly [string, ConflictKind, ConsensusMsg, ConsensusMsg])[] = [
  ['two commits of one view', 'TWO_COMMITS', commit(vote(4n, 'a')), commit(vote(4n, 'b'))],
  [
    'two commits of one view for one payload at two heights',
    'TWO_COMMITS',
    commit(committee.commit(4n, 1n)),
    commit(committee.commit(4n, 2n)),
  ],
  ['two proposals of one view', 'TWO_PROPOSALS', proposal('a'), proposal('b')],
  [
    'two timeouts, one without a high vote',
    'TWO_TIMEOUTS',
    timeout(committee.timeout(4n)),
    timeout(committee.timeout(4n, { highVote: vote(2n) })),
  ],
  [
    'two timeouts with different high votes',
    'TWO_TIMEOUTS',
    timeout(committee.timeout(4n, { highVote: vote(2n, 'a') })),
    timeout(committee.timeout(4n, { highVote: vote(2n, 'b') })),
  ],
  [
    'a commit, and a timeout of its view without a high vote',
    'COMMIT_AND_TIMEOUT',
    commit(vote(4n)),
    timeout(committee.timeout(4n)),
  ],
  [
    'a commit, and a timeout of a later view with an older high vote',
    'COMMIT_AND_TIMEOUT',
    commit(vote(4n)),
    timeout(committee.timeout(9n, { highVote: vote(3n) })),
  ],
  [
    'a commit, and a timeout of a later view with another high vote of its view',
    'COMMIT_AND_TIMEOUT',
    commit(vote(4n, 'a')),
    timeout(committee.timeout(9n, { highVote: vote(4n, 'b') })),
  ],
]

const foreign = testCommittee(6, { seed: 'evidence', chainId: 7n })
const nextEpoch = testCommittee(6, { seed: 'evidence', epoch: 1n })
const highQc = committee.commitQc(vote(1n))

/** What rule 16 does not list, and what honest validators sign. */
const harmless: readonly (readonly [string, ConsensusMsg, ConsensusMsg])[] = [
  ['one commit sent twice', commit(vote(4n)), commit(vote(4n))],
  ['commits of two views for different blocks', commit(vote(4n, 'a')), commit(vote(5n, 'b'))],
  [
    'a commit and a timeout that names it',
    commit(vote(4n)),
    timeout(committee.timeout(4n, { highVote: vote(4n) })),
  ],
  ['a commit and a timeout of an earlier view', commit(vote(4n)), timeout(committee.timeout(3n))],
  [
    'a commit and a timeout with a later high vote',
    commit(vote(4n)),
    timeout(committee.timeout(9n, { highVote: vote(8n, 'b') })),
  ],
  [
    'two timeouts of one view that differ in their high QC',
    timeout(committee.timeout(4n, { highVote: vote(2n) })),
    timeout(committee.timeout(4n, { highVote: vote(2n), highQc })),
  ],
  [
    'timeouts of two views with different high votes',
    timeout(committee.timeout(4n)),
    timeout(committee.timeout(5n, { highVote: vote(5n) })),
  ],
  ['one proposal sent twice', proposal('a'), proposal('a')],
  [
    'proposals of two views',
    proposal('a'),
    {
      type: 'leaderProposal',
      value: { payload: payload('b'), justification: { type: 'commit', qc: highQc } },
    },
  ],
  [
    'two NewViews of one view',
    { type: 'replicaNewView', value: { justification } },
    {
      type: 'replicaNewView',
      value: { justification: { type: 'commit', qc: committee.commitQc(vote(3n)) } },
    },
  ],
  ['a proposal and a commit for another block', proposal('a'), commit(vote(4n, 'b'))],
  ['commits on two chains', commit(vote(4n, 'a')), commit(foreign.commit(4n, 0n, payload('b')))],
  ['commits of two epochs', commit(vote(4n, 'a')), commit(nextEpoch.commit(4n, 0n, payload('b')))],
]

describe('rule 16: evidence', () => {
  it.each(contradictions)(
    'rule 16 › %s › evidence that verifies, from bytes too',
    (_, kind, a, b) => {
      const evidence = evidenceOf(a, b)
      const proven = { conflict: kind, validator: 2, key: committee.key(2).publicKey, epoch: 0n }
      expect(unwrap(verifyEvidence(evidence, scope))).toMatchObject({ ...proven, view: 4n })
      expect(unwrap(verifyEvidence(encodeEvidence(evidence), genesis))).toMatchObject(proven)
      expect(decodeEvidence(encodeEvidence(evidence), genesis.scheme)).toEqual(evidence)
    },
  )

  it.each(contradictions)('rule 16 › %s, the other way round › the same bytes', (_, __, a, b) => {
    expect(encodeEvidence(evidenceOf(b, a))).toEqual(encodeEvidence(evidenceOf(a, b)))
  })

  it.each(harmless)('rule 16 › %s › no evidence', (_, a, b) => {
    expect(conflictOf(a, b)).toBeUndefined()
    expect(conflictOf(b, a)).toBeUndefined()
    expect(createEvidence(committee.sign(2, a), committee.sign(2, b))).toBeUndefined()
  })

  it('rule 16 › one message with two signatures › no evidence', () => {
    const signed = committee.sign(2, commit(vote(4n)))
    expect(createEvidence(signed, { ...signed, sig: new Uint8Array(64) })).toBeUndefined()
  })

  it('rule 16 › contradicting messages of two keys › no evidence', () => {
    const [a, b] = [
      committee.sign(1, commit(vote(4n, 'a'))),
      committee.sign(2, commit(vote(4n, 'b'))),
    ]
    expect(createEvidence(a, b)).toBeUndefined()
  })
})

describe('verifyEvidence', () => {
  const good = evidenceOf(commit(vote(4n, 'a')), commit(vote(4n, 'b')))
  const codeOf = (evidence: Evidence | Uint8Array): unknown => {
    const result = verifyEvidence(evidence, scope)
    return result.ok ? 'OK' : result.error.code
  }
  const forged = (signed: Signed): Signed => ({
    ...signed,
    sig: committee.sign(2, proposal('x')).sig,
  })

  it('evidence › with a forged first or second signature › BAD_SIGNATURE', () => {
    for (const of of ['first', 'second'] as const) {
      const result = verifyEvidence({ ...good, [of]: forged(good[of]) }, scope)
      expect(result).toEqual({ ok: false, error: { code: 'BAD_SIGNATURE', of } })
    }
  })

  it('evidence › that claims another contradiction › NO_CONFLICT', () => {
    expect(codeOf({ ...good, conflict: 'TWO_TIMEOUTS' })).toBe('NO_CONFLICT')
  })

  it('evidence › of messages that do not contradict each other › NO_CONFLICT', () => {
    expect(codeOf({ ...good, second: good.first })).toBe('NO_CONFLICT')
  })

  it('evidence › of two authors › DIFFERENT_AUTHORS', () => {
    const second = committee.sign(1, commit(vote(4n, 'b')))
    expect(codeOf({ ...good, second })).toBe('DIFFERENT_AUTHORS')
  })

  it('evidence › against a key outside the schedule › NON_VALIDATOR_SIGNER', () => {
    const outsider = testCommittee(1, { seed: 'outsider' })
    const sign = (text: string): Signed => outsider.sign(0, commit(vote(4n, text)))
    const evidence = createEvidence(sign('a'), sign('b'))
    expect(evidence && codeOf(evidence)).toBe('NON_VALIDATOR_SIGNER')
  })

  it.each([
    ['another chain', foreign, 'GENESIS_MISMATCH'],
    ['another epoch', nextEpoch, 'EPOCH_MISMATCH'],
  ] as const)('evidence › of %s › BAD_VIEW', (_, other, cause) => {
    const sign = (text: string): Signed =>
      other.sign(2, commit(other.commit(4n, 0n, payload(text))))
    const evidence = createEvidence(sign('a'), sign('b'))
    const result = evidence && verifyEvidence(evidence, scope)
    expect(result).toMatchObject({ error: { code: 'BAD_VIEW', cause: { code: cause } } })
  })

  it('evidence › judged by a genesis without validators › NO_SCHEDULE', () => {
    expect(verifyEvidence(good, { ...genesis, schedule: undefined })).toEqual({
      ok: false,
      error: { code: 'NO_SCHEDULE' },
    })
  })

  it('evidence › with a number that no message can have › MALFORMED, and nothing is thrown', () => {
    const good = evidenceOf(commit(vote(4n, 'a')), commit(vote(4n, 'b')))
    for (const number of [-1n, 2n ** 64n]) {
      const view = { ...vote(4n).view, number }
      const bent = (signed: Signed): Signed => ({
        ...signed,
        msg: commit({ ...(signed.msg.value as ReplicaCommit), view }),
      })
      const evidence = { ...good, first: bent(good.first), second: bent(good.second) }
      expect(verifyEvidence(evidence, genesis)).toMatchObject({
        error: { code: 'MALFORMED', cause: { name: 'DecodeError', code: 'OUT_OF_RANGE' } },
      })
    }
  })

  it('bytes › of messages in the other order › MALFORMED, NOT_IN_ORDER', () => {
    const bytes = encodeEvidence({ ...good, first: good.second, second: good.first })
    const result = verifyEvidence(bytes, scope)
    expect(result).toMatchObject({ error: { code: 'MALFORMED', cause: { code: 'NOT_IN_ORDER' } } })
  })

  it('bytes › of no contradiction, or of nothing › MALFORMED', () => {
    expect(codeOf(encodeEvidence({ ...good, second: good.first }))).toBe('MALFORMED')
    expect(codeOf(new Uint8Array())).toBe('MALFORMED')
  })

  it('bytes › that embed a bitmap of more validators than there are › MALFORMED before memory is taken', () => {
    const huge = testCommittee(7, { seed: 'huge' })
    const qc = huge.commitQc(vote(1n))
    const evidence = evidenceOf(
      timeout(committee.timeout(4n, { highQc: qc })),
      timeout(committee.timeout(4n, { highVote: vote(2n) })),
    )
    expect(verifyEvidence(encodeEvidence(evidence), scope)).toMatchObject({
      error: { code: 'MALFORMED', cause: { code: 'OUT_OF_RANGE' } },
    })
  })
})
