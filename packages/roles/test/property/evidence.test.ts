import { blsMinSig, ed25519Scheme } from '@zkstack/crypto'
import type { Random } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import {
  createEvidence,
  encodeEvidence,
  verifyEvidence,
  type ConsensusMsg,
  type ReplicaCommit,
} from '../../src/index.js'
import { randomBelow, randomOf, testCommittee, type TestCommittee } from '../../testing/index.js'
import { printSeedOnFailure, testRandom } from '../helpers/seed.js'

printSeedOnFailure()

const schemes = [
  [ed25519Scheme.current, 40],
  [blsMinSig.current, 2],
] as const

/** A pair that rule 16 forbids, of a random view and kind. */
function randomPair(c: TestCommittee, r: Random): readonly [ConsensusMsg, ConsensusMsg] {
  const view = BigInt(1 + randomBelow(r, 1000))
  const vote = (of: bigint): ReplicaCommit => c.commit(of, of, r.bytes(8))
  const commit = (): ConsensusMsg => ({ type: 'replicaCommit', value: vote(view) })
  const timeout = (of: bigint, highVote?: ReplicaCommit): ConsensusMsg => ({
    type: 'replicaTimeout',
    value: c.timeout(of, highVote && { highVote }),
  })
  const qc = c.commitQc(vote(view - 1n))
  const proposal = (): ConsensusMsg => ({
    type: 'leaderProposal',
    value: { payload: r.bytes(10), justification: { type: 'commit', qc } },
  })
  const later = view + BigInt(randomBelow(r, 3))
  return randomOf<() => readonly [ConsensusMsg, ConsensusMsg]>(r, [
    () => [commit(), commit()],
    () => [proposal(), proposal()],
    () => [timeout(view, vote(view)), timeout(view, vote(view))],
    () => [timeout(view, vote(view - 1n)), timeout(view)],
    () => [commit(), timeout(later)],
    () => [timeout(later, vote(view - 1n)), commit()],
    () => [commit(), timeout(later, vote(view))],
  ])()
}

describe.each(schemes)('evidence with %#', (scheme, runs) => {
  const committee = testCommittee(4, { scheme, seed: 'evidence', proofs: false })

  it('evidence › of any two contradicting messages › verifies', () => {
    const random = testRandom(`evidence ${scheme.name}`)
    for (let i = 0; i < runs; i++) {
      const author = randomBelow(random, 4)
      const [a, b] = randomPair(committee, random).map((msg) => committee.sign(author, msg))
      const evidence = a && b && createEvidence(a, b)
      const bytes = evidence && encodeEvidence(evidence)
      const result = bytes && verifyEvidence(bytes, committee.genesis)
      expect(result).toMatchObject({ ok: true, value: { validator: author } })
    }
  })

  it('evidence › with any bit changed › does not verify', () => {
    const random = testRandom(`mutated evidence ${scheme.name}`)
    for (let i = 0; i < runs; i++) {
      const [a, b] = randomPair(committee, random).map((msg) => committee.sign(1, msg))
      const evidence = a && b && createEvidence(a, b)
      const bytes = evidence && encodeEvidence(evidence)
      for (let j = 0; bytes !== undefined && j < 10; j++) {
        const changed = bytes.slice()
        const at = randomBelow(random, bytes.length)
        changed[at] = (changed[at] ?? 0) ^ (1 << randomBelow(random, 8))
        expect(verifyEvidence(changed, committee.genesis).ok, `bit of byte ${at}`).toBe(false)
      }
    }
  })
})
