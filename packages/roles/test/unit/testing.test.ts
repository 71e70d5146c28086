import { loadCryptoBackends, signatureScheme, type SignatureScheme } from '@zkstack/crypto'
import { standInScheme } from '@zkstack/crypto/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  decodeGenesis,
  encodeGenesis,
  encodeSigned,
  maxMessageBytes,
  verifyCommitQC,
  verifyFinalBlock,
  verifyProofsOfPossession,
  verifySigned,
  verifyTimeoutQC,
  type ReplicaCommit,
} from '../../src/index.js'
import { testCommittee } from '../../testing/index.js'

beforeAll(() => loadCryptoBackends())

const schemes = (): SignatureScheme[] => [
  ...[0, 1, 2].flatMap((id) => signatureScheme(id) ?? []),
  standInScheme,
]

describe('test committee', () => {
  it('test committee › of every scheme › signs votes, certificates and blocks that verify', () => {
    for (const scheme of schemes()) {
      const committee = testCommittee(4, {
        scheme,
        weights: [1n, 2n, 3n, 4n],
        seed: 'every scheme',
      })
      const { scope } = committee
      const commit = committee.commit(2n, 1n)
      const qc = committee.commitQc(commit)
      expect(verifyCommitQC(qc, scope).ok).toBe(true)
      const votes = committee.everybody.map((index) => {
        const message = committee.timeout(
          3n,
          index % 2 === 0 ? { highQc: qc } : { highVote: commit },
        )
        return { index, message }
      })
      expect(verifyTimeoutQC(committee.timeoutQc(votes), scope).ok).toBe(true)
      expect(verifyFinalBlock(committee.block(1n, Uint8Array.of(5)), scope).ok).toBe(true)
      const signed = committee.sign(3, { type: 'replicaCommit', value: commit })
      expect(verifySigned(signed, committee.schedule)).toBe(true)
      expect(verifySigned({ ...signed, key: committee.key(0).publicKey }, committee.schedule)).toBe(
        false,
      )
      expect(verifyProofsOfPossession(committee.genesis).ok).toBe(true)
    }
  })

  it('test committee › of one seed › has the same keys, by index', () => {
    const a = testCommittee(5, { seed: 7 })
    const b = testCommittee(5, { seed: 7 })
    expect(a.genesis.hash).toEqual(b.genesis.hash)
    expect(testCommittee(5, { seed: 8 }).genesis.hash).not.toEqual(a.genesis.hash)
    for (const [i, key] of a.keys.entries()) expect(a.schedule.indexOf(key.publicKey)).toBe(i)
  })

  it('stand-in scheme › in a genesis › is read only by those who name it', () => {
    const bytes = encodeGenesis(testCommittee(2, { scheme: standInScheme }).genesis)
    expect(() => decodeGenesis(bytes)).toThrow(expect.objectContaining({ code: 'UNKNOWN_SCHEME' }))
    expect(decodeGenesis(bytes, { schemeOf: () => standInScheme }).signatureScheme).toBe(255)
  })
})

describe('rule 25', () => {
  it.each([1, 6, 20])(
    'rule 25 › the largest message of %d validators › is within the limit, and not far below it',
    (n) => {
      for (const scheme of schemes()) {
        const last = 2n ** 64n - 2n
        const committee = testCommittee(n, { scheme, epoch: last, firstBlock: last })
        const maxPayloadBytes = 5000
        const commit = (i: number): ReplicaCommit => committee.commit(last, last - BigInt(i))
        const { signature } = committee.commitQc(commit(0))
        const { signers } = committee.commitQc(commit(0))
        const votes = committee.everybody.map((index) => {
          const highQc = { message: commit(index), signers, signature }
          return { index, message: committee.timeout(last, { highVote: commit(0), highQc }) }
        })
        const justification = { type: 'timeout', qc: committee.timeoutQc(votes) } as const
        const payload = new Uint8Array(maxPayloadBytes)
        const msg = { type: 'leaderProposal', value: { payload, justification } } as const
        const size = encodeSigned(committee.sign(0, msg)).length
        const limit = maxMessageBytes({ validators: n, scheme, maxPayloadBytes })
        expect(limit - size).toBeGreaterThanOrEqual(0)
        expect(limit - size).toBeLessThan(20 * n + 50)
      }
    },
  )

  it('rule 25 › a hundred Ed25519 validators › need more than upstream allowed', () => {
    const scheme = signatureScheme(2)
    const limit = scheme && maxMessageBytes({ validators: 100, scheme, maxPayloadBytes: 0 })
    expect(limit).toBeGreaterThan(500_000)
  })
})
