import { describe, expect, it } from 'vitest'
import { blsMinSig, loadCryptoBackends, toHex } from '@zkstack/crypto'
import {
  certifyEpoch,
  decodeEpochCertificate,
  decodeEpochRecord,
  decodeEpochVote,
  encodeEpochCertificate,
  encodeEpochRecord,
  encodeEpochVote,
  hashEpoch,
  Signers,
  verifyEpochRecord,
  verifyEpochVote,
  type EpochRecord,
  type EpochVote,
} from '../../src/index.js'
import { testCommittee, unwrap, type TestCommittee } from '../../testing/index.js'

await loadCryptoBackends()

const scheme = blsMinSig.current
const old = testCommittee(6, { seed: 'outgoing', weights: [3n, 1n, 1n, 1n, 1n, 4n] })
const next = testCommittee(7, { seed: 'incoming' })

function epochRecord(signers: readonly number[], committee = old): EpochRecord {
  const { schedule } = next
  const record = {
    epoch: 1n,
    firstBlock: 30n,
    schedule,
    proofsOfPossession: [],
    certificate: undefined,
  }
  return { ...record, certificate: certify(committee, record, signers) }
}

function certify(
  committee: TestCommittee,
  record: EpochRecord,
  signers: readonly number[],
): EpochRecord['certificate'] {
  const hash = hashEpoch({ ...record, genesis: committee.genesis.hash })
  const parts = signers.map((index) => ({ index, signature: committee.key(index).sign(hash) }))
  const signature = committee.scheme.aggregate(parts)
  if (signature === undefined) throw new TypeError('no aggregate')
  return { signers: Signers.of(committee.schedule.length, signers), signature }
}

const everybody = [0, 1, 2, 3, 4, 5]

describe('votes for an epoch', () => {
  const { certificate: _, ...bare } = epochRecord([])
  const record = { ...bare, certificate: undefined }
  const scope = { ...record, genesis: old.genesis.hash }
  const voteOf = (index: number, of = scope): EpochVote => {
    const key = old.key(index)
    return { epoch: of.epoch, key: key.publicKey, sig: key.sign(hashEpoch(of)) }
  }

  it('of a quorum › make the certificate; of less do not', () => {
    const votes = everybody.map((index) => voteOf(index))
    const heavy = old.schedule.validators.findIndex(({ weight }) => weight === 4n)
    const certified = certifyEpoch(record, votes, old.scope)
    expect(certified && verifyEpochRecord(certified, old.scope).ok).toBe(true)
    expect(certifyEpoch(record, votes.toSpliced(heavy, 1), old.scope)).toBeUndefined()
  })

  it('given twice, in any order › count once', () => {
    const votes = everybody.map((index) => voteOf(index))
    const heavy = old.schedule.validators.findIndex(({ weight }) => weight === 4n)
    const certified = certifyEpoch(record, [...votes.toReversed(), ...votes], old.scope)
    expect(certified).toEqual(certifyEpoch(record, votes, old.scope))
    const without = votes.toSpliced(heavy, 1)
    expect(certifyEpoch(record, [...without, ...without], old.scope)).toBeUndefined()
  })

  it('good ones › verify, also after a journey as bytes', () => {
    const vote = decodeEpochVote(encodeEpochVote(voteOf(2)), old.scheme)
    expect(verifyEpochVote(vote, scope, old.scope)).toBe(true)
  })

  it('for another epoch, first block or committee, or by a stranger › do not verify', () => {
    const good = voteOf(2)
    const bad = [
      voteOf(2, { ...scope, firstBlock: 31n }),
      voteOf(2, { ...scope, schedule: old.schedule }),
      { ...good, epoch: 2n },
      { ...good, key: next.key(0).publicKey },
      { ...good, sig: voteOf(3).sig },
      { ...good, sig: new Uint8Array(64) },
    ]
    for (const vote of bad) expect(verifyEpochVote(vote, scope, old.scope)).toBe(false)
  })
})

describe('the record of an epoch', () => {
  it('signed by the committee before › gives what the epoch is judged by', () => {
    const record = epochRecord(everybody)
    const scope = unwrap(verifyEpochRecord(record, old.scope))
    const { schedule, firstBlock } = record
    expect(scope).toEqual({ genesis: old.genesis.hash, epoch: 1n, firstBlock, schedule })
  })

  it('carried as bytes › is the same', () => {
    const record = epochRecord(everybody)
    const decoded = decodeEpochRecord(encodeEpochRecord(record), next.scheme)
    expect(verifyEpochRecord(decoded, old.scope).ok).toBe(true)
    expect(toHex(encodeEpochRecord(decoded))).toBe(toHex(encodeEpochRecord(record)))
  })

  it('its certificate carried alone › is the same, and nothing may follow it', () => {
    const { certificate } = epochRecord(everybody)
    if (certificate === undefined) throw new TypeError('no certificate')
    const bytes = encodeEpochCertificate(certificate)
    expect(encodeEpochCertificate(decodeEpochCertificate(bytes))).toEqual(bytes)
    expect(() => decodeEpochCertificate(Uint8Array.of(...bytes, 0))).toThrow()
  })

  it('signed by BLS › verifies too', () => {
    const bls = testCommittee(6, { seed: 'bls', scheme })
    const { schedule } = testCommittee(2, { seed: 'bls next', scheme })
    const bare = {
      epoch: 1n,
      firstBlock: 5n,
      schedule,
      proofsOfPossession: [],
      certificate: undefined,
    }
    const record = { ...bare, certificate: certify(bls, bare, everybody) }
    expect(verifyEpochRecord(record, bls.scope).ok).toBe(true)
    expect(verifyEpochRecord({ ...record, firstBlock: 6n }, bls.scope)).toMatchObject({
      error: { code: 'BAD_SIGNATURE' },
    })
  })

  it.each([
    ['another number', { epoch: 2n }, 'NOT_NEXT_EPOCH'],
    ['an earlier beginning', { firstBlock: 0n }, 'FIRST_BLOCK'],
    [
      'a beginning beyond 64 bits, of which the rest is signed',
      { firstBlock: 30n + 2n ** 64n },
      'FIRST_BLOCK',
    ],
    ['another beginning than signed', { firstBlock: 31n }, 'BAD_SIGNATURE'],
    ['another committee than signed', { schedule: old.schedule }, 'BAD_SIGNATURE'],
    ['another scheme', { schedule: testCommittee(1, { scheme }).schedule }, 'OTHER_SCHEME'],
    ['no certificate', { certificate: undefined }, 'NO_CERTIFICATE'],
  ] as const)('with %s › is refused', (_, change, code) => {
    const record = { ...epochRecord(everybody), ...change }
    expect(verifyEpochRecord(record, old.scope)).toMatchObject({ ok: false, error: { code } })
  })

  it('signed by less than a quorum › is refused', () => {
    const light = everybody.filter((index) => old.schedule.at(index)?.weight !== 4n)
    expect(verifyEpochRecord(epochRecord(light), old.scope)).toMatchObject({
      error: { code: 'NOT_ENOUGH_WEIGHT', got: 7n, want: 9n },
    })
  })

  it('signed by another committee › is refused', () => {
    const strangers = testCommittee(6, { seed: 'strangers', weights: [3n, 1n, 1n, 1n, 1n, 4n] })
    const record = epochRecord(everybody, strangers)
    expect(verifyEpochRecord(record, old.scope)).toMatchObject({ error: { code: 'BAD_SIGNATURE' } })
    const short = epochRecord([0, 1], testCommittee(2, { seed: 'two' }))
    expect(verifyEpochRecord(short, old.scope)).toMatchObject({
      error: { code: 'BAD_SIGNERS_SET' },
    })
  })

  it('of another chain › is refused', () => {
    const other = { ...old.scope, genesis: next.genesis.hash }
    expect(verifyEpochRecord(epochRecord(everybody), other)).toMatchObject({
      error: { code: 'BAD_SIGNATURE' },
    })
  })

  it('with more or fewer proofs of possession than validators › does not decode', () => {
    const record = { ...epochRecord(everybody), proofsOfPossession: [Uint8Array.of(1)] }
    expect(() => decodeEpochRecord(encodeEpochRecord(record), next.scheme)).toThrow(
      expect.objectContaining({ code: 'PROOFS_MISMATCH' }),
    )
  })
})
