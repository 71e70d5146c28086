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
  type Claim,
  type ImportedBridgeExit,
  type MerkleProof,
  type MultiBatchHeader,
  type NetworkState,
  type ProofError,
} from '../../src/index.js'
import { committeeWallet, fakeWallet, testExit, USDC } from '../../testing/index.js'
import { filled } from '../helpers/hex.js'
import {
  authentications,
  richCertificate,
  tokenOf1,
  tokenOf2,
} from '../helpers/rich-certificate.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const v2 = richCertificate(authentications.v2)
const v3 = richCertificate(authentications.v3)
const committee = richCertificate(authentications.committee)

/** Imports of every certificate here: two from L1, two from network 2. */
const fromL1 = 0
const fromRollup = 1
const byMessage = 2

type Header = MultiBatchHeader

/** The header with one import changed. */
function withImport(
  header: Header,
  at: number,
  change: (imported: ImportedBridgeExit) => Partial<ImportedBridgeExit>,
): Header {
  const witness = header.importedBridgeExits[at]
  if (witness === undefined) throw new Error(`no import ${at}`)
  const importedBridgeExit = {
    ...witness.importedBridgeExit,
    ...change(witness.importedBridgeExit),
  }
  const importedBridgeExits = header.importedBridgeExits.with(at, {
    ...witness,
    importedBridgeExit,
  })
  return { ...header, importedBridgeExits }
}

/** The header with one claim changed. */
function withClaim(header: Header, at: number, change: (claim: Claim) => Claim): Header {
  return withImport(header, at, ({ claimData }) => ({ claimData: change(claimData) }))
}

function withLeaf(claim: Claim, change: Partial<Claim['l1Leaf']>): Claim {
  return { ...claim, l1Leaf: { ...claim.l1Leaf, ...change } }
}

function withInner(claim: Claim, change: Partial<Claim['l1Leaf']['inner']>): Claim {
  return withLeaf(claim, { inner: { ...claim.l1Leaf.inner, ...change } })
}

function withSibling(proof: MerkleProof, at = 3): MerkleProof {
  return { ...proof, siblings: proof.siblings.with(at, filled(0xee)) }
}

function mainnet(claim: Claim): Extract<Claim, { type: 'mainnet' }> {
  if (claim.type !== 'mainnet') throw new Error('not from mainnet')
  return claim
}

function rollup(claim: Claim): Extract<Claim, { type: 'rollup' }> {
  if (claim.type !== 'rollup') throw new Error('not from a rollup')
  return claim
}

/** The header with a nullifier path, or one balance proof, changed. */
function withNullifierPath(header: Header, at: number, path: readonly Hash32[]): Header {
  const witness = header.importedBridgeExits[at]
  if (witness === undefined) throw new Error(`no import ${at}`)
  return {
    ...header,
    importedBridgeExits: header.importedBridgeExits.with(at, { ...witness, nullifierPath: path }),
  }
}

function withBalance(header: Header, change: Partial<Header['balancesProofs'][number]>): Header {
  const [first, ...others] = header.balancesProofs
  if (first === undefined) throw new Error('no balance')
  return { ...header, balancesProofs: [{ ...first, ...change }, ...others] }
}

function withExit(header: Header, change: Partial<Header['bridgeExits'][number]>): Header {
  const [first, ...others] = header.bridgeExits
  if (first === undefined) throw new Error('no exit')
  return { ...header, bridgeExits: [{ ...first, ...change }, ...others] }
}

/** Expects the error of the header, and the state as it was. */
function expectError(state: NetworkState, header: Header, error: ProofError): void {
  const before = structuredClone({ ...state, exitTree: { ...state.exitTree } })
  expect(errorOf(generatePessimisticProof(state, header))).toEqual(error)
  expect(structuredClone({ ...state, exitTree: { ...state.exitTree } })).toEqual(before)
}

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

describe('an imported bridge exit', () => {
  const header = v3.header
  const indexOf = (at: number) => {
    const witness = header.importedBridgeExits[at]
    if (witness === undefined) throw new Error(`no import ${at}`)
    return witness.importedBridgeExit.globalIndex
  }
  const wrong = (at: number, changed: Header, code: string, globalIndex = indexOf(at)) =>
    expectError(v3.start, changed, {
      code: 'InvalidImportedBridgeExit',
      source: { code } as Extract<ProofError, { code: 'InvalidImportedBridgeExit' }>['source'],
      globalIndex,
    })

  test('of the network itself › CannotExitToSameNetwork', () => {
    const globalIndex = { mainnetFlag: false, rollupIndex: 0, leafIndex: 0 }
    const changed = withImport(header, fromRollup, () => ({ globalIndex }))
    expectError(v3.start, changed, { code: 'CannotExitToSameNetwork' })
  })

  test('to another network › InvalidExitNetwork', () => {
    const changed = withImport(header, fromL1, ({ bridgeExit }) => ({
      bridgeExit: { ...bridgeExit, destNetwork: 2 },
    }))
    wrong(fromL1, changed, 'InvalidExitNetwork')
  })

  test('with the flag of the other kind › MismatchGlobalIndexInclusionProof', () => {
    for (const at of [fromL1, fromRollup]) {
      const { mainnetFlag } = indexOf(at)
      const globalIndex = { ...indexOf(at), mainnetFlag: !mainnetFlag, rollupIndex: 5 }
      const changed = withImport(header, at, () => ({ globalIndex }))
      wrong(at, changed, 'MismatchGlobalIndexInclusionProof', globalIndex)
    }
  })

  test('under another L1 info root › MismatchL1Root', () => {
    wrong(fromL1, { ...header, l1InfoRoot: filled(1) }, 'MismatchL1Root')
    const changed = withClaim(header, fromRollup, (claim) => ({
      ...claim,
      proofGerL1root: { ...claim.proofGerL1root, root: filled(1) },
    }))
    wrong(fromRollup, changed, 'MismatchL1Root')
  })

  test('under another mainnet exit root › MismatchMER', () => {
    const change = (claim: Claim) => withLeaf(claim, { mer: filled(1) })
    wrong(fromL1, withClaim(header, fromL1, change), 'MismatchMER')
    wrong(fromRollup, withClaim(header, fromRollup, change), 'InvalidMerklePathGERToL1Root')
  })

  test('under another rollup exit root › MismatchRER', () => {
    const change = (claim: Claim) => withLeaf(claim, { rer: filled(1) })
    wrong(fromRollup, withClaim(header, fromRollup, change), 'MismatchRER')
    wrong(fromL1, withClaim(header, fromL1, change), 'InvalidMerklePathGERToL1Root')
  })

  test('that its exit tree does not hold › InvalidMerklePathLeafToLER', () => {
    wrong(
      fromL1,
      withClaim(header, fromL1, (claim) => ({
        ...mainnet(claim),
        proofLeafMer: withSibling(mainnet(claim).proofLeafMer),
      })),
      'InvalidMerklePathLeafToLER',
    )
    wrong(
      fromRollup,
      withClaim(header, fromRollup, (claim) => ({
        ...rollup(claim),
        proofLeafLer: withSibling(rollup(claim).proofLeafLer, 31),
      })),
      'InvalidMerklePathLeafToLER',
    )
    const more = withImport(header, byMessage, ({ bridgeExit }) => ({
      bridgeExit: { ...bridgeExit, amount: bridgeExit.amount + 1n },
    }))
    wrong(byMessage, more, 'InvalidMerklePathLeafToLER')
    const globalIndex = { ...indexOf(fromL1), leafIndex: 7 }
    const moved = withImport(header, fromL1, () => ({ globalIndex }))
    wrong(fromL1, moved, 'InvalidMerklePathLeafToLER', globalIndex)
  })

  test('that the rollup exit tree does not hold › InvalidMerklePathLERToRER', () => {
    const sibling = withClaim(header, fromRollup, (claim) => ({
      ...rollup(claim),
      proofLerRer: withSibling(rollup(claim).proofLerRer, 0),
    }))
    wrong(fromRollup, sibling, 'InvalidMerklePathLERToRER')
    const globalIndex = { ...indexOf(fromRollup), rollupIndex: 5 }
    const moved = withImport(header, fromRollup, () => ({ globalIndex }))
    wrong(fromRollup, moved, 'InvalidMerklePathLERToRER', globalIndex)
  })

  test('that the L1 info tree does not hold › InvalidMerklePathGERToL1Root', () => {
    const changes: ((claim: Claim) => Claim)[] = [
      (claim) => withInner(claim, { timestamp: claim.l1Leaf.inner.timestamp + 1n }),
      (claim) => withInner(claim, { blockHash: filled(3) }),
      (claim) => withLeaf(claim, { l1InfoTreeIndex: claim.l1Leaf.l1InfoTreeIndex + 1 }),
      (claim) => ({ ...claim, proofGerL1root: withSibling(claim.proofGerL1root) }),
    ]
    for (const change of changes) {
      for (const at of [fromL1, fromRollup]) {
        wrong(at, withClaim(header, at, change), 'InvalidMerklePathGERToL1Root')
      }
    }
  })

  test('with fewer or more siblings than 32 › has no valid path', () => {
    const longer = withClaim(header, fromL1, (claim) => ({
      ...mainnet(claim),
      proofLeafMer: {
        ...mainnet(claim).proofLeafMer,
        siblings: [...mainnet(claim).proofLeafMer.siblings, ZERO_HASH],
      },
    }))
    wrong(fromL1, longer, 'InvalidMerklePathLeafToLER')
  })

  test('claimed already › InvalidNullifierPath', () => {
    const [first, ...others] = header.importedBridgeExits
    if (first === undefined) throw new Error('no import')
    const error: ProofError = { code: 'InvalidNullifierPath' }
    expectError(v3.start, { ...header, importedBridgeExits: [first, first, ...others] }, error)
    const again = { ...v3.start, nullifierRoot: v3.next.nullifierTree.root }
    expectError(again, header, error)
  })

  test('with a wrong nullifier path › InvalidNullifierPath', () => {
    const path = header.importedBridgeExits[fromL1]?.nullifierPath ?? []
    const longest = [
      ...path,
      ...Array.from({ length: 64 - path.length }, (_, i) => emptyHash(63 - path.length - i)),
    ]
    for (const wrongPath of [
      path.with(0, filled(1)),
      path.slice(0, -1),
      [],
      [...path, filled(1)],
      [...longest, emptyHash(0)],
    ]) {
      expectError(v3.start, withNullifierPath(header, fromL1, wrongPath), {
        code: 'InvalidNullifierPath',
      })
    }
    expect(generatePessimisticProof(v3.start, withNullifierPath(header, fromL1, longest)).ok).toBe(
      true,
    )
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
    const header: Header = {
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
    const wrong: Header['aggchainData'][] = [
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
  expect(() => generatePessimisticProof(start, withExit(header, { amount: 2n ** 256n }))).toThrow(
    'amount',
  )
  expect(() => generatePessimisticProof(start, withBalance(header, { balance: -1n }))).toThrow(
    'amount',
  )
})
