import { describe, expect, test } from 'vitest'
import {
  emptyHash,
  generatePessimisticProof,
  ZERO_HASH,
  type Claim,
  type MultiBatchHeader,
  type ProofError,
} from '../../src/index.js'
import {
  expectError,
  mainnet,
  rollup,
  withClaim,
  withImport,
  withInner,
  withLeaf,
  withNullifierPath,
  withSibling,
} from '../helpers/changed-header.js'
import { filled } from '../helpers/hex.js'
import { authentications, richCertificate } from '../helpers/rich-certificate.js'

const v3 = richCertificate(authentications.v3)

/** Imports of the certificate: two from L1, two from network 2. */
const fromL1 = 0
const fromRollup = 1
const byMessage = 2

describe('an imported bridge exit', () => {
  const header = v3.header
  const indexOf = (at: number) => {
    const witness = header.importedBridgeExits[at]
    if (witness === undefined) throw new Error(`no import ${at}`)
    return witness.importedBridgeExit.globalIndex
  }
  const wrong = (at: number, changed: MultiBatchHeader, code: string, globalIndex = indexOf(at)) =>
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
