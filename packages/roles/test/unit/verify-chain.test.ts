import { blsMinSig, loadCryptoBackends, type SignatureScheme } from '@zkstack/crypto'
import { describe, expect, it } from 'vitest'
import {
  createFinalBlock,
  createGenesis,
  decodeEpochRecords,
  decodeFinalBlock,
  EpochChain,
  encodeEpochRecords,
  encodeFinalBlock,
  verifyChain,
  type EpochRecord,
  type FinalBlock,
} from '../../src/index.js'
import {
  certifiedBy,
  committeeOf,
  testCommittee,
  testRotation,
  unwrap,
  type TestCommittee,
} from '../../testing/index.js'

await loadCryptoBackends()

const fixed = testCommittee(6, { weights: [3n, 1n, 1n, 1n, 1n, 4n], firstBlock: 5n })
const chain = testRotation()
const [zero, one, two] = chain.records as [EpochRecord, EpochRecord, EpochRecord]
const payload = new TextEncoder().encode('payload')

function blockOf(epoch: number, number: bigint): FinalBlock {
  return (chain.committees[epoch] as TestCommittee).block(number, payload)
}

/** Joins a payload and a certificate for another one, as only a liar does. */
function withPayload(block: FinalBlock, other: Uint8Array): FinalBlock {
  return { ...block, payload: other }
}

describe('verifyChain › a committee that never changes', () => {
  const { genesis } = fixed

  it('a block of its quorum › is final; its epoch is that of the genesis', () => {
    expect(unwrap(verifyChain({ genesis, block: fixed.block(9n, payload) }))).toEqual(fixed.scope)
  })

  it('a block of less than a quorum › is refused', () => {
    const vote = fixed.commit(9n, 9n, payload)
    const light = fixed.everybody.filter((index) => fixed.schedule.at(index)?.weight !== 4n)
    const block = createFinalBlock(payload, fixed.commitQc(vote, light))
    expect(verifyChain({ genesis, block })).toMatchObject({
      error: {
        code: 'JUSTIFICATION',
        cause: { code: 'NOT_ENOUGH_WEIGHT', got: 7n, want: 9n },
      },
    })
  })

  it('a block of another fork › is refused as such', () => {
    const fork = testCommittee(6, { seed: 'another' })
    expect(verifyChain({ genesis, block: fork.block(9n, payload) })).toMatchObject({
      error: { code: 'WRONG_GENESIS', got: fork.genesis.hash, want: genesis.hash },
    })
  })

  it('a block that strangers signed in its name › is refused', () => {
    const strangers = committeeOf(
      genesis,
      testCommittee(6, { seed: 'strangers', weights: [3n, 1n, 1n, 1n, 1n, 4n] }),
      0n,
    )
    expect(verifyChain({ genesis, block: strangers.block(9n, payload) })).toMatchObject({
      error: { code: 'JUSTIFICATION', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('another payload than the one that was signed › is refused', () => {
    const block = withPayload(fixed.block(9n, payload), new Uint8Array(3))
    expect(verifyChain({ genesis, block })).toMatchObject({ error: { code: 'HASH_MISMATCH' } })
  })

  it('a block before the first one › is refused', () => {
    expect(verifyChain({ genesis, block: fixed.block(4n, payload) })).toMatchObject({
      error: { code: 'OUTSIDE_EPOCH', number: 4n, first: 5n, next: undefined },
    })
  })

  it('a second epoch, however well certified › is refused', () => {
    const { schedule } = testCommittee(6, { seed: 'second' })
    const bare = { ...zero, epoch: 1n, firstBlock: 8n, schedule }
    const epochs = [certifiedBy(fixed, bare, genesis)]
    expect(verifyChain({ genesis, epochs, block: fixed.block(9n, payload) })).toMatchObject({
      error: { code: 'FIXED_COMMITTEE', epoch: 1n },
    })
  })

  it('its own epoch given once more › changes nothing; another one in its place is refused', () => {
    const { schedule } = fixed
    const own = { ...zero, firstBlock: 5n, schedule }
    const block = fixed.block(9n, payload)
    expect(verifyChain({ genesis, first: own, epochs: [own], block }).ok).toBe(true)
    const { schedule: others } = testCommittee(6, { seed: 'others' })
    const changes = [{ firstBlock: 6n }, { epoch: 1n }, { schedule: others }]
    for (const change of changes) {
      expect(verifyChain({ genesis, first: { ...own, ...change }, block })).toMatchObject({
        error: { code: 'FIRST_EPOCH_MISMATCH' },
      })
    }
    expect(verifyChain({ genesis, epochs: [{ ...own, schedule: others }], block })).toMatchObject({
      error: { code: 'EPOCH_CONFLICT', epoch: 0n },
    })
  })

  it('BLS keys without proofs of possession › are refused, with them accepted', () => {
    const scheme = blsMinSig.current
    const proven = testCommittee(2, { scheme })
    const block = proven.block(3n, payload)
    expect(verifyChain({ genesis: proven.genesis, block }).ok).toBe(true)
    const bare = testCommittee(2, { scheme, proofs: false })
    expect(verifyChain({ genesis: bare.genesis, block })).toMatchObject({
      error: { code: 'PROOF_OF_POSSESSION', cause: { code: 'MISSING_PROOF', index: 0 } },
    })
  })
})

describe('verifyChain › committees that hand over to each other', () => {
  const { genesis } = chain
  const proof = { genesis, first: zero, epochs: [one, two] }

  it.each([
    [0, 9n],
    [1, 10n],
    [1, 19n],
    [2, 20n],
    [2, 5_000n],
  ])('a block of epoch %i, number %i › is final', (epoch, number) => {
    const { firstBlock, schedule } = chain.records[epoch] as EpochRecord
    expect(unwrap(verifyChain({ ...proof, block: blockOf(epoch, number) }))).toEqual({
      genesis: genesis.hash,
      epoch: BigInt(epoch),
      firstBlock,
      schedule,
    })
  })

  it.each([
    [0, 10n, 0n, 10n],
    [1, 9n, 10n, 20n],
    [1, 20n, 10n, 20n],
    [2, 19n, 20n, undefined],
  ] as const)('a block of epoch %i, number %i › lies outside it', (epoch, number, first, next) => {
    expect(verifyChain({ ...proof, block: blockOf(epoch, number) })).toMatchObject({
      error: { code: 'OUTSIDE_EPOCH', number, first, next },
    })
  })

  it('the epoch of the block is missing › names the newest that is known', () => {
    expect(verifyChain({ ...proof, epochs: [one], block: blockOf(2, 25n) })).toMatchObject({
      error: { code: 'UNKNOWN_EPOCH', epoch: 2n, known: 1n },
    })
  })

  it('an epoch between is missing › names it', () => {
    expect(verifyChain({ ...proof, epochs: [two], block: blockOf(2, 25n) })).toMatchObject({
      error: { code: 'EPOCH_MISSING', epoch: 2n, missing: 1n },
    })
  })

  it('no first epoch › there is nothing to begin with', () => {
    expect(verifyChain({ genesis, epochs: [zero], block: blockOf(0, 1n) })).toMatchObject({
      error: { code: 'NO_FIRST_EPOCH' },
    })
  })

  it('a first epoch that begins before the chain, or is of another scheme › is refused', () => {
    const { scheme } = genesis
    const late = unwrap(createGenesis({ chainId: 7n, forkNumber: 0n, firstBlock: 1n, scheme }))
    const bls = testCommittee(2, { scheme: blsMinSig.current })
    const block = blockOf(0, 1n)
    const mismatch = { error: { code: 'FIRST_EPOCH_MISMATCH' } }
    expect(verifyChain({ genesis: late, first: zero, block })).toMatchObject(mismatch)
    const foreign = {
      ...zero,
      schedule: bls.schedule,
      proofsOfPossession: bls.genesis.proofsOfPossession,
    }
    expect(verifyChain({ genesis, first: foreign, block })).toMatchObject(mismatch)
  })

  it('a hand-over that another committee signed › is refused, and nothing after it is believed', () => {
    const thief = committeeOf(genesis, testCommittee(6, { seed: 'thief' }), 1n)
    const stolen = certifiedBy(thief, { ...one, schedule: thief.schedule }, genesis)
    expect(
      verifyChain({ ...proof, epochs: [stolen], block: thief.block(12n, payload) }),
    ).toMatchObject({
      error: { code: 'EPOCH_INVALID', epoch: 1n, cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('a hand-over of another chain of the same committees › is refused', () => {
    const other = unwrap(
      createGenesis({ chainId: 8n, forkNumber: 0n, firstBlock: 0n, scheme: genesis.scheme }),
    )
    const committee = chain.committees[0] as TestCommittee
    const replayed = certifiedBy(committee, one, other)
    expect(verifyChain({ ...proof, epochs: [replayed], block: blockOf(1, 12n) })).toMatchObject({
      error: { code: 'EPOCH_INVALID', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('a hand-over without a certificate › is refused', () => {
    const epochs = [{ ...one, certificate: undefined }]
    expect(verifyChain({ ...proof, epochs, block: blockOf(1, 12n) })).toMatchObject({
      error: { code: 'EPOCH_INVALID', cause: { code: 'NO_CERTIFICATE' } },
    })
  })

  it('a block that the committee before signed › is refused', () => {
    const before = committeeOf(genesis, chain.committees[0] as TestCommittee, 1n)
    expect(verifyChain({ ...proof, block: before.block(12n, payload) })).toMatchObject({
      error: { code: 'JUSTIFICATION', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('with BLS › follows the hand-overs as well, and demands proofs of the first epoch', () => {
    const bls = testRotation(blsMinSig.current)
    const [first, ...epochs] = bls.records
    const block = (bls.committees[2] as TestCommittee).block(21n, payload)
    expect(verifyChain({ genesis: bls.genesis, first, epochs, block }).ok).toBe(true)
    const bare = first && { ...first, proofsOfPossession: [] }
    expect(verifyChain({ genesis: bls.genesis, first: bare, epochs, block })).toMatchObject({
      error: { code: 'PROOF_OF_POSSESSION' },
    })
  })
})

describe('a chain of epochs', () => {
  const begun = unwrap(EpochChain.begin(chain.genesis, zero))

  it('extended by what it has › is itself; by another record of that epoch › a conflict', () => {
    const extended = unwrap(begun.extend(one))
    expect(unwrap(extended.extend(one))).toBe(extended)
    expect(unwrap(extended.extend({ ...one, certificate: undefined }))).toBe(extended)
    const rival = certifiedBy(
      chain.committees[0] as TestCommittee,
      { ...one, firstBlock: 11n },
      chain.genesis,
    )
    expect(extended.extend(rival)).toMatchObject({ error: { code: 'EPOCH_CONFLICT', epoch: 1n } })
    expect(begun.scopes).toHaveLength(1)
    expect(extended.newest.epoch).toBe(1n)
    expect(
      [-1n, 0n, 1n, 2n, 2n ** 64n - 1n].map((epoch) => extended.scopeOf(epoch)?.epoch),
    ).toEqual([undefined, 0n, 1n, undefined, undefined])
  })

  it('a certificate alone › is enough to know that the block of its header is final', () => {
    const { justification } = blockOf(0, 4n)
    expect(unwrap(begun.verifyCertificate(justification)).epoch).toBe(0n)
    const forged = { ...justification, signature: blockOf(0, 5n).justification.signature }
    expect(begun.verifyCertificate(forged)).toMatchObject({
      error: { code: 'JUSTIFICATION', cause: { code: 'BAD_SIGNATURE' } },
    })
  })

  it('carried as bytes › gives the same verdict; too many or damaged ones are refused', () => {
    const bytes = encodeEpochRecords([one, two])
    const { scheme } = chain.genesis
    const epochs = decodeEpochRecords(bytes, scheme)
    const block = decodeFinalBlock(encodeFinalBlock(blockOf(2, 21n)))
    expect(verifyChain({ genesis: chain.genesis, first: zero, epochs, block }).ok).toBe(true)
    expect(() => decodeEpochRecords(bytes, scheme, { maxRecords: 1 })).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    )
    for (let cut = 1; cut < bytes.length; cut += 97) {
      expect(() => decodeEpochRecords(bytes.subarray(0, cut), scheme)).toThrow(
        expect.objectContaining({ name: 'DecodeError' }),
      )
    }
  })

  it('bytes all over hand-over and block changed in turn › never verifies', () => {
    const { scheme } = chain.genesis
    const good = { epochs: encodeEpochRecords([one]), block: encodeFinalBlock(blockOf(1, 12n)) }
    for (const part of ['epochs', 'block'] as const) {
      for (let at = 0; at < good[part].length; at += 7) {
        const changed = good[part].slice()
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
        expect(isFinal({ ...good, [part]: changed }, scheme), `${part} ${at}`).toBe(false)
      }
    }
    expect(isFinal(good, scheme)).toBe(true)
  })

  function isFinal(
    bytes: { readonly epochs: Uint8Array; readonly block: Uint8Array },
    scheme: SignatureScheme,
  ): boolean {
    try {
      const epochs = decodeEpochRecords(bytes.epochs, scheme)
      const block = decodeFinalBlock(bytes.block)
      return verifyChain({ genesis: chain.genesis, first: zero, epochs, block }).ok
    } catch (error) {
      if (error instanceof Error && error.name === 'DecodeError') return false
      throw error
    }
  }
})
