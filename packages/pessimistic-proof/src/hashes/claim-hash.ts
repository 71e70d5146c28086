import { keccak256, type Hash32 } from '@zkstack/crypto'
import type {
  Claim,
  ImportedBridgeExit,
  L1InfoTreeLeaf,
  L1InfoTreeLeafInner,
  MerkleProof,
} from '../types/claim.js'
import { hashBridgeExit } from './bridge-exit-hash.js'
import { hashGlobalIndex } from './global-index-hash.js'
import { hashPair } from './hash-pair.js'
import { Preimage } from './preimage.js'

/** The global exit root: keccak256 of mainnet exit root ‖ rollup exit root. */
export function globalExitRoot(mer: Hash32, rer: Hash32): Hash32 {
  return hashPair(mer, rer)
}

/**
 * The leaf of the L1 info tree: keccak256 of global exit root ‖ block hash ‖ u64 BE timestamp: 72 bytes.
 *
 * The global exit root is computed from `mer` and `rer`; the declared one does not count.
 * @see interop crates/unified-bridge/src/imported_bridge_exit.rs
 */
export function hashL1InfoTreeLeaf(leaf: L1InfoTreeLeaf): Hash32 {
  return hashInnerLeaf(globalExitRoot(leaf.mer, leaf.rer), leaf.inner)
}

/** The leaf of the L1 info tree as programs of 2024 hashed it: with the declared global exit root. */
export function hashL1InfoTreeLeafAsDeclared(leaf: L1InfoTreeLeaf): Hash32 {
  return hashInnerLeaf(leaf.inner.globalExitRoot, leaf.inner)
}

function hashInnerLeaf(exitRoot: Hash32, inner: L1InfoTreeLeafInner): Hash32 {
  return new Preimage(72).bytes(exitRoot).bytes(inner.blockHash).u64be(inner.timestamp).keccak256()
}

/** keccak256 of root ‖ siblings: 1 056 bytes. */
export function hashMerkleProof(proof: MerkleProof): Hash32 {
  const preimage = new Preimage(32 * (1 + proof.siblings.length)).bytes(proof.root)
  for (const sibling of proof.siblings) preimage.bytes(sibling)
  return preimage.keccak256()
}

/**
 * keccak256 of the hashes of the claim's proofs ‖ L1 info leaf: 96 bytes from mainnet, 128 from a rollup.
 * @see interop crates/unified-bridge/src/imported_bridge_exit.rs
 */
export function hashClaim(claim: Claim): Hash32 {
  const gerL1root = hashMerkleProof(claim.proofGerL1root)
  const leaf = hashL1InfoTreeLeaf(claim.l1Leaf)
  switch (claim.type) {
    case 'mainnet':
      return keccak256(hashMerkleProof(claim.proofLeafMer), gerL1root, leaf)
    case 'rollup':
      return keccak256(
        hashMerkleProof(claim.proofLeafLer),
        hashMerkleProof(claim.proofLerRer),
        gerL1root,
        leaf,
      )
  }
}

/**
 * keccak256 of bridge exit leaf ‖ claim hash ‖ global index hash: 96 bytes.
 * @see interop crates/unified-bridge/src/imported_bridge_exit.rs
 */
export function hashImportedBridgeExit(imported: ImportedBridgeExit): Hash32 {
  return keccak256(
    hashBridgeExit(imported.bridgeExit),
    hashClaim(imported.claimData),
    hashGlobalIndex(imported.globalIndex),
  )
}
