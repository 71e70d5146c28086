import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import { hashBridgeExit } from '../hashes/bridge-exit-hash.js'
import { verifyInclusion } from '../trees/inclusion.js'
import type { ImportedBridgeExit, L1InfoTreeLeaf } from '../types/claim.js'
import type { ImportedBridgeExitError } from './proof-error.js'

/** What claims are checked against. */
export interface ClaimContext {
  readonly l1InfoRoot: Hash32
  readonly hashL1InfoTreeLeaf: (leaf: L1InfoTreeLeaf) => Hash32
}

/**
 * Checks that an imported bridge exit was made where its global index says, up to the L1 info root: 65 hashes for an exit of L1,
 * 97 for one of a rollup. The declared global exit root does not count.
 * @see interop crates/unified-bridge/src/imported_bridge_exit.rs
 */
export function claimError(
  imported: ImportedBridgeExit,
  context: ClaimContext,
): ImportedBridgeExitError['code'] | undefined {
  const { claimData: claim, globalIndex } = imported
  if (globalIndex.mainnetFlag !== (claim.type === 'mainnet')) {
    return 'MismatchGlobalIndexInclusionProof'
  }
  const { l1Leaf, proofGerL1root } = claim
  if (!bytesEqual(context.l1InfoRoot, proofGerL1root.root)) return 'MismatchL1Root'
  const leaf = () => hashBridgeExit(imported.bridgeExit)
  if (claim.type === 'mainnet') {
    if (!bytesEqual(claim.proofLeafMer.root, l1Leaf.mer)) return 'MismatchMER'
    if (!verifyInclusion(leaf(), globalIndex.leafIndex, claim.proofLeafMer)) {
      return 'InvalidMerklePathLeafToLER'
    }
  } else {
    if (!bytesEqual(claim.proofLerRer.root, l1Leaf.rer)) return 'MismatchRER'
    if (!verifyInclusion(leaf(), globalIndex.leafIndex, claim.proofLeafLer)) {
      return 'InvalidMerklePathLeafToLER'
    }
    const localExitRoot = claim.proofLeafLer.root
    if (!verifyInclusion(localExitRoot, globalIndex.rollupIndex, claim.proofLerRer)) {
      return 'InvalidMerklePathLERToRER'
    }
  }
  const l1LeafHash = context.hashL1InfoTreeLeaf(l1Leaf)
  return verifyInclusion(l1LeafHash, l1Leaf.l1InfoTreeIndex, proofGerL1root)
    ? undefined
    : 'InvalidMerklePathGERToL1Root'
}
