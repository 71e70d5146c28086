import type { Hash32 } from '@zkstack/crypto'
import type { BridgeExit } from './bridge-exit.js'
import type { GlobalIndex } from './global-index.js'

/** An inclusion proof in a tree of depth 32. */
export interface MerkleProof {
  /** 32 digests, from the leaf's sibling up. */
  readonly siblings: readonly Hash32[]
  readonly root: Hash32
}

/** The part of an L1 info leaf that L1 hashes. */
export interface L1InfoTreeLeafInner {
  /** As declared: hashing recomputes it from `mer` and `rer`. */
  readonly globalExitRoot: Hash32
  readonly blockHash: Hash32
  /** Unsigned 64-bit number, in seconds since 1970. */
  readonly timestamp: bigint
}

/** A leaf of the L1 info tree, with what its global exit root is made of. */
export interface L1InfoTreeLeaf {
  /** Its index in the tree: an unsigned 32-bit number. */
  readonly l1InfoTreeIndex: number
  /** Rollup exit root. */
  readonly rer: Hash32
  /** Mainnet exit root. */
  readonly mer: Hash32
  readonly inner: L1InfoTreeLeafInner
}

/** Proof that a bridge exit was made on L1. */
export interface ClaimFromMainnet {
  readonly type: 'mainnet'
  /** From the leaf to the mainnet exit root. */
  readonly proofLeafMer: MerkleProof
  /** From the L1 info leaf to the L1 info root. */
  readonly proofGerL1root: MerkleProof
  readonly l1Leaf: L1InfoTreeLeaf
}

/** Proof that a bridge exit was made on a rollup. */
export interface ClaimFromRollup {
  readonly type: 'rollup'
  /** From the leaf to the rollup's local exit root. */
  readonly proofLeafLer: MerkleProof
  /** From that local exit root to the rollup exit root. */
  readonly proofLerRer: MerkleProof
  /** From the L1 info leaf to the L1 info root. */
  readonly proofGerL1root: MerkleProof
  readonly l1Leaf: L1InfoTreeLeaf
}

/** Proof that a bridge exit was made on another network. */
export type Claim = ClaimFromMainnet | ClaimFromRollup

/** A bridge exit of another network that is claimed on this one. */
export interface ImportedBridgeExit {
  readonly bridgeExit: BridgeExit
  readonly claimData: Claim
  readonly globalIndex: GlobalIndex
}
