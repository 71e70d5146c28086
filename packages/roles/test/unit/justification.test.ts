import { describe, expect, it } from 'vitest'
import type { ProposalJustification, ReplicaCommit, ReplicaTimeout } from '../../src/index.js'
import {
  createFinalBlock,
  decodeConsensusMsg,
  encodeConsensusMsg,
  hashPayload,
  impliedBlock,
  justificationView,
  labelOf,
  validateFinalBlock,
  validateLeaderProposal,
  validateReplicaNewView,
  verifyFinalBlock,
  verifyJustification,
  verifyLeaderProposal,
  verifyReplicaNewView,
  viewOf,
} from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'
import { otherGenesis } from '../helpers/scopes.js'

const committee = testCommittee(6, { seed: 'justification', firstBlock: 5n })
const { scope, schedule } = committee
const vote = committee.commit(3n, 8n, Uint8Array.of(1))
const qcAt = (view: bigint, number: bigint): ReturnType<typeof committee.commitQc> =>
  committee.commitQc(committee.commit(view, number))

function byTimeout(o: { vote?: ReplicaCommit; qcNumber?: bigint }): ProposalJustification {
  const message: ReplicaTimeout = {
    view: committee.view(4n),
    highVote: o.vote,
    highQc: o.qcNumber === undefined ? undefined : qcAt(2n, o.qcNumber),
  }
  return { type: 'timeout', qc: committee.uniformTimeoutQc(message) }
}

const implied = (j: ProposalJustification): unknown => impliedBlock(j, schedule, 5n)

describe('implied block', () => {
  it('implied block › after a commit QC › is a new one after its block', () => {
    expect(implied({ type: 'commit', qc: qcAt(3n, 7n) })).toEqual({
      number: 8n,
      payload: undefined,
    })
  })

  it('implied block › after timeouts without votes and QCs › is the first of the epoch', () => {
    expect(implied(byTimeout({}))).toEqual({ number: 5n, payload: undefined })
  })

  it('implied block › after timeouts with a QC alone › is a new one after its block', () => {
    expect(implied(byTimeout({ qcNumber: 7n }))).toEqual({ number: 8n, payload: undefined })
  })

  it('implied block › after timeouts with a high vote beyond the QC › is that block again', () => {
    const again = { number: 8n, payload: vote.proposal.payload }
    expect(implied(byTimeout({ vote }))).toEqual(again)
    expect(implied(byTimeout({ vote, qcNumber: 7n }))).toEqual(again)
  })

  it('implied block › after timeouts with a QC that overtook the high vote › is a new one', () => {
    expect(implied(byTimeout({ vote, qcNumber: 8n }))).toEqual({ number: 9n, payload: undefined })
  })
})

describe('justification', () => {
  const commit = { type: 'commit', qc: qcAt(3n, 7n) } as const

  it('justification › of either sort › is for the view after its QC', () => {
    expect(justificationView(commit)).toEqual(committee.view(4n))
    expect(justificationView(byTimeout({}))).toEqual(committee.view(5n))
  })

  it('justification › with an invalid QC › is refused as COMMIT or TIMEOUT', () => {
    const other = otherGenesis(scope)
    expect(verifyJustification(commit, scope).ok).toBe(true)
    expect(verifyJustification(commit, other)).toMatchObject({
      error: { code: 'COMMIT', cause: { code: 'INVALID_MESSAGE' } },
    })
    expect(verifyJustification(byTimeout({}), other)).toMatchObject({
      error: { code: 'TIMEOUT', cause: { code: 'BAD_VIEW' } },
    })
  })

  it('proposal and NewView › with a justification that is valid or not › follow it', () => {
    for (const justification of [commit, byTimeout({ vote, qcNumber: 7n })]) {
      const proposal = { payload: undefined, justification }
      expect(verifyLeaderProposal(proposal, scope).ok).toBe(true)
      expect(verifyReplicaNewView({ justification }, scope).ok).toBe(true)
      const error = { error: { code: 'JUSTIFICATION' } }
      const other = otherGenesis(scope)
      expect(verifyLeaderProposal(proposal, other)).toMatchObject(error)
      expect(verifyReplicaNewView({ justification }, other)).toMatchObject(error)
      expect(validateLeaderProposal(proposal, other)).toMatchObject(error)
      expect(validateReplicaNewView({ justification }, other)).toMatchObject(error)
    }
  })

  it.each(['commit', 'timeout'] as const)(
    'justification › by a %s QC of view 2^64−1 › is refused before its signature',
    (type) => {
      const last = 2n ** 64n - 1n
      const justification: ProposalJustification =
        type === 'commit'
          ? { type, qc: qcAt(last, 7n) }
          : { type, qc: committee.uniformTimeoutQc(committee.timeout(last)) }
      const error = { error: { code: 'JUSTIFICATION', cause: { code: 'VIEW_OVERFLOW' } } }
      expect(verifyReplicaNewView({ justification }, scope)).toMatchObject(error)
      expect(validateReplicaNewView({ justification }, scope)).toMatchObject(error)
      const bytes = encodeConsensusMsg({ type: 'replicaNewView', value: { justification } })
      expect(() => decodeConsensusMsg(bytes)).toThrow(
        expect.objectContaining({ code: 'OUT_OF_RANGE' }),
      )
    },
  )

  it('vote › of view 2^64−1 › is decoded, for nothing is computed from it', () => {
    const value = committee.commit(2n ** 64n - 1n, 2n ** 64n - 1n)
    const msg = { type: 'replicaCommit', value } as const
    expect(decodeConsensusMsg(encodeConsensusMsg(msg))).toEqual(msg)
  })
})

describe('consensus message', () => {
  it('message › of each sort › has its label and view', () => {
    const justification = { type: 'commit', qc: qcAt(3n, 7n) } as const
    const cases = [
      [{ type: 'replicaCommit', value: vote }, 'ReplicaCommitV2', 3n],
      [{ type: 'replicaTimeout', value: committee.timeout(6n) }, 'ReplicaTimeoutV2', 6n],
      [{ type: 'replicaNewView', value: { justification } }, 'ReplicaNewViewV2', 4n],
      [
        { type: 'leaderProposal', value: { payload: undefined, justification } },
        'LeaderProposalV2',
        4n,
      ],
    ] as const
    for (const [msg, label, view] of cases) {
      expect(labelOf(msg)).toBe(label)
      expect(viewOf(msg).number).toBe(view)
    }
  })
})

describe('final block', () => {
  const payload = Uint8Array.of(1, 2, 3)
  const block = committee.block(9n, payload)

  it('final block › with its certificate › is valid and names its place', () => {
    expect(verifyFinalBlock(block, scope).ok).toBe(true)
    expect([block.number, block.view, block.epoch]).toEqual([9n, 9n, 0n])
  })

  it('final block › whose payload has another hash › is refused as HASH_MISMATCH', () => {
    const other = { ...block, payload: Uint8Array.of(4) }
    expect(validateFinalBlock(other, scope)).toEqual({
      ok: false,
      error: {
        code: 'HASH_MISMATCH',
        headerHash: hashPayload(payload),
        payloadHash: hashPayload(other.payload),
      },
    })
  })

  it('final block › with a bad certificate › is refused as JUSTIFICATION', () => {
    const justification = { ...block.justification, signature: qcAt(1n, 1n).signature }
    expect(verifyFinalBlock({ ...block, justification }, scope)).toMatchObject({
      error: { code: 'JUSTIFICATION', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('final block › created from a certificate of another payload › is a RangeError', () => {
    expect(() => createFinalBlock(Uint8Array.of(4), block.justification)).toThrow(RangeError)
    expect(() =>
      createFinalBlock(payload, block.justification, hashPayload(Uint8Array.of(4))),
    ).toThrow(RangeError)
  })
})
