import { bytesEqual, type Hash32 } from '@zkstack/crypto'
import { hashPair } from '../hashes/hash-pair.js'
import type { MerkleProof } from '../types/claim.js'

/** Depth of local exit trees, of the rollup exit tree and of the L1 info tree. */
export const EXIT_TREE_DEPTH = 32

/**
 * Root of the tree of depth 32 in which `leaf` stands at `index` and `siblings`, from the leaf's up, stand beside its path;
 * `undefined` unless there are 32 of them and the index is an unsigned 32-bit number.
 */
export function inclusionRoot(
  leaf: Hash32,
  index: number,
  siblings: readonly Hash32[],
): Hash32 | undefined {
  if (siblings.length !== EXIT_TREE_DEPTH || index >>> 0 !== index) return undefined
  let hash = leaf
  let rest = index
  for (const sibling of siblings) {
    hash = (rest & 1) === 0 ? hashPair(hash, sibling) : hashPair(sibling, hash)
    rest >>>= 1
  }
  return hash
}

/** Whether `proof` shows that `leaf` stands at `index` under the root that the proof declares. */
export function verifyInclusion(leaf: Hash32, index: number, proof: MerkleProof): boolean {
  const root = inclusionRoot(leaf, index, proof.siblings)
  return root !== undefined && bytesEqual(root, proof.root)
}
