import { keccak256, type Hash32 } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import {
  BalanceTree,
  emptyHash,
  generatePessimisticProof,
  L1_ETH,
  LocalExitTree,
  pessimisticRoot,
  signatureCommitmentV2,
  signatureCommitmentV5,
  stateCommitment,
  ZERO_HASH,
  type MultiBatchHeader,
  type ProofError,
} from '../../src/index.js'
import { committeeWallet, fakeWallet, testExit, USDC } from '../../testing/index.js'
import { expectError, withBalance, withExit } from '../helpers/changed-header.js'
import { filled } from '../helpers/hex.js'
import {
  authentications,
  richCertificate,
  tokenOf1,
  tokenOf2,
} from '../helpers/rich-certificate.js'
import { errorOf } from '../helpers/value-of.js'

const v2 = richCertificate(authentications.v2)
const v3 = richCertificate(authentications.v3)
const committee = richCertificate(authentications.committee)

describe('the certificates of these tests', () => {
  test.each([
    v2,
    v3,
    committee,
    richCertificate(authentications.v5),
    richCertificate(authentications.aggchain),
  ])('hold as they are', ({ start, header }) => {
    expect(generatePessimisticProof(start, header).ok).toBe(true)
  })
})

describe('balances', () => {
  const { start, header } = v3

  test('with a wrong path or balance before › InvalidBalancePath', () => {
    const [first] = header.balancesProofs
    const error: ProofError = { code: 'InvalidBalancePath' }
    if (first === undefined) throw new Error('no balance')
    expectError(start, withBalance(header, { path: first.path.with(7, filled(1)) }), error)
    expectError(start, withBalance(header, { balance: first.balance + 1n }), error)
    expectError(start, withBalance(header, { path: first.path.slice(1) }), error)
    expectError(start, withBalance(header, { path: [...first.path, ZERO_HASH] }), error)
  })

  test('that end beyond 256 bits › BalanceOverflowInBridgeExit', () => {
    const balance = 2n ** 256n - 1n
    const balancesProofs = header.balancesProofs.map((proof) =>
      proof.tokenInfo === USDC ? { ...proof, balance } : proof,
    )
    expect(balancesProofs).not.toEqual(header.balancesProofs)
    expectError(start, { ...header, balancesProofs }, { code: 'BalanceOverflowInBridgeExit' })
  })

  test('that do not suffice › BalanceUnderflowInBridgeExit', () => {
    expectError(start, withExit(header, { amount: 51n }), { code: 'BalanceUnderflowInBridgeExit' })
  })

  test('without proof › MissingTokenBalanceProof, of the import first', () => {
    const without = (tokenInfo: object) => ({
      ...header,
      balancesProofs: header.balancesProofs.filter((proof) => proof.tokenInfo !== tokenInfo),
    })
    for (const { tokenInfo } of header.balancesProofs) {
      expectError(start, without(tokenInfo), { code: 'MissingTokenBalanceProof', tokenInfo })
    }
    const tokenInfo = { ...tokenOf2, originNetwork: 9 }
    expectError(start, withExit(header, { tokenInfo }), {
      code: 'MissingTokenBalanceProof',
      tokenInfo,
    })
  })

  test('with two proofs of a token › DuplicateTokenBalanceProof', () => {
    const [first] = header.balancesProofs
    if (first === undefined) throw new Error('no balance')
    const balancesProofs = [...header.balancesProofs, first]
    const { tokenInfo } = first
    expectError(
      start,
      { ...header, balancesProofs },
      { code: 'DuplicateTokenBalanceProof', tokenInfo },
    )
  })

  test('are taken in the order of tokens, whatever the order of their proofs', () => {
    const balancesProofs = header.balancesProofs.toReversed()
    expect(generatePessimisticProof(start, { ...header, balancesProofs })).toEqual(
      generatePessimisticProof(start, header),
    )
  })
})

describe('a bridge exit', () => {
  const { start, header } = v3

  test('to the network itself › CannotExitToSameNetwork', () => {
    expectError(start, withExit(header, { destNetwork: 1 }), { code: 'CannotExitToSameNetwork' })
  })

  test('by message of another network › InvalidMessageOriginNetwork', () => {
    expectError(start, withExit(header, { leafType: 'message' }), {
      code: 'InvalidMessageOriginNetwork',
    })
  })

  test('of the zero address of another network than 0 › InvalidL1TokenInfo, of a message too', () => {
    const tokenInfo = { ...L1_ETH, originNetwork: 1 }
    for (const leafType of ['transfer', 'message'] as const) {
      expectError(start, withExit(header, { tokenInfo, leafType }), {
        code: 'InvalidL1TokenInfo',
        tokenInfo,
      })
    }
  })

  test('into a full tree › InvalidLocalExitTreeOperation', () => {
    const { frontier } = start.exitTree
    const exitTree = LocalExitTree.from({ leafCount: 2 ** 32 - 1, frontier })
    expectError({ ...start, exitTree }, header, {
      code: 'InvalidLocalExitTreeOperation',
      source: { code: 'LeafIndexOverflow' },
    })
    const almost = LocalExitTree.from({ leafCount: 2 ** 32 - 2, frontier })
    const one = { ...header, bridgeExits: [testExit({ tokenInfo: tokenOf1, destNetwork: 1 })] }
    expectError({ ...start, exitTree: almost }, one, { code: 'CannotExitToSameNetwork' })
  })
})

describe('the previous pessimistic root', () => {
  test('of another state or height › InvalidPreviousPessimisticRoot with all three roots', () => {
    const { state, start, header } = v3
    const at = { originNetwork: 1, height: header.height }
    const error = (declared: Hash32, height = header.height): ProofError => ({
      code: 'InvalidPreviousPessimisticRoot',
      declared,
      computedV2: pessimisticRoot('V2', stateCommitment(state), { ...at, height }),
      computedV3: pessimisticRoot('V3', stateCommitment(state), { ...at, height }),
    })
    for (const declared of [filled(1), ZERO_HASH]) {
      expectError(start, { ...header, prevPessimisticRoot: declared }, error(declared))
    }
    expectError(start, { ...header, height: 2n }, error(header.prevPessimisticRoot, 2n))
    const zero = { ...header, prevPessimisticRoot: ZERO_HASH, height: 0n }
    expectError(start, zero, error(ZERO_HASH, 0n))
  })

  test('of zero at height 1 › is refused for an empty state too', () => {
    const state = {
      exitTree: LocalExitTree.empty,
      balanceRoot: BalanceTree.empty.root,
      nullifierRoot: emptyHash(64),
    }
    const header: MultiBatchHeader = {
      ...v3.header,
      bridgeExits: [],
      importedBridgeExits: [],
      balancesProofs: [],
      prevPessimisticRoot: ZERO_HASH,
      height: 1n,
    }
    expect(errorOf(generatePessimisticProof(state, header)).code).toBe(
      'InvalidPreviousPessimisticRoot',
    )
    expect(errorOf(generatePessimisticProof(state, { ...header, height: 0n })).code).toBe(
      'InvalidSignature',
    )
  })
})

describe('a single signature', () => {
  const { start, header } = v3
  if (header.aggchainData.type !== 'legacyEcdsa') throw new Error('not of one signer')
  const { signature, signer } = header.aggchainData

  test('of somebody else, or none › InvalidSignature', () => {
    const wrong: MultiBatchHeader['aggchainData'][] = [
      { type: 'legacyEcdsa', signature, signer: fakeWallet(2).address },
      ...[
        { ...signature, r: 0n },
        { ...signature, s: 0n },
        { ...signature, r: 2n ** 256n - 1n },
        { ...signature, r: signature.r + 1n },
        { ...signature, oddYParity: !signature.oddYParity },
      ].map((changed) => ({ type: 'legacyEcdsa', signer, signature: changed }) as const),
    ]
    for (const aggchainData of wrong) {
      expectError(start, { ...header, aggchainData }, { code: 'InvalidSignature' })
    }
  })

  test('for version 2 on a state of version 3 › InconsistentSignedPayload', () => {
    const digest = signatureCommitmentV2(v3.certificate)
    const aggchainData = {
      type: 'legacyEcdsa',
      signer,
      signature: fakeWallet(1).sign(digest),
    } as const
    expectError(start, { ...header, aggchainData }, { code: 'InconsistentSignedPayload' })
  })

  test('at the last height › HeightOverflow, if all else holds', () => {
    const height = 2n ** 64n - 1n
    const prevPessimisticRoot = pessimisticRoot('V2', stateCommitment(v2.state), {
      originNetwork: 1,
      height,
    })
    expectError(v2.start, { ...v2.header, height, prevPessimisticRoot }, { code: 'HeightOverflow' })
  })
})

describe('the signatures of a committee', () => {
  const { start, header } = committee
  const data = header.aggchainData
  if (data.type !== 'multisigOnly') throw new Error('not of a committee')
  const { multisig } = data
  const commitment = signatureCommitmentV5({
    ...committee.certificate,
    aggchainParams: ZERO_HASH,
    certificateId: header.certificateId,
  })
  const wrong = (change: Partial<typeof multisig>, source: object) =>
    expectError(
      start,
      { ...header, aggchainData: { type: 'multisigOnly', multisig: { ...multisig, ...change } } },
      { code: 'InvalidMultisig', source } as ProofError,
    )
  const [, second, third] = multisig.signatures
  if (second === undefined || third === undefined) throw new Error('not 2 of 3')

  test('of more than are in it › TooManySigners, before all else', () => {
    const signatures = [...multisig.signatures, undefined]
    wrong({ signatures, threshold: 9n }, { code: 'TooManySigners', num: 4, max: 3 })
  })

  test('too few › UnderThreshold', () => {
    const signatures = [undefined, undefined, third]
    wrong({ signatures }, { code: 'UnderThreshold', got: 1, expected: 2n })
    wrong(
      { threshold: 2n ** 64n - 1n },
      { code: 'UnderThreshold', got: 2, expected: 2n ** 64n - 1n },
    )
  })

  test('of which one is none › InvalidSignature, though enough others are right', () => {
    wrong(
      { signatures: [{ ...second, r: 0n }, second, third] },
      { code: 'InvalidSignature', idx: 0 },
    )
  })

  test('of which one is of another signer › InvalidSigner', () => {
    const expectedSigner = committeeWallet(0).address
    wrong(
      { signatures: [second, second, third] },
      {
        code: 'InvalidSigner',
        idx: 0,
        expectedSigner,
        recoveredSigner: committeeWallet(1).address,
        commitment,
      },
    )
  })

  test('of a certificate with another id › InvalidSigner', () => {
    const changed = { ...header, certificateId: keccak256() }
    const error = errorOf(generatePessimisticProof(start, changed))
    expect(error.code === 'InvalidMultisig' && error.source.code).toBe('InvalidSigner')
  })
})

test('a number out of range is a mistake of the caller', () => {
  const { start, header } = v3
  expect(() => generatePessimisticProof(start, withBalance(header, { balance: -1n }))).toThrow(
    'amount',
  )
  const tokenInfo = tokenOf1
  for (const [changed, expected] of [
    [withExit(header, { amount: 2n ** 256n }), '256-bit'],
    // A network's own token is not counted, and 2^32+1 would hash as network 1.
    [withExit(header, { tokenInfo, amount: -1n }), '256-bit'],
    [withExit(header, { tokenInfo, amount: 2n ** 256n }), '256-bit'],
    [withExit(header, { destNetwork: 2 ** 32 + 1 }), '32-bit'],
    [{ ...header, height: 2n ** 64n }, '64-bit'],
    [{ ...header, height: -1n }, '64-bit'],
  ] as const) {
    expect(() => generatePessimisticProof(start, changed)).toThrow(expected)
  }
})
