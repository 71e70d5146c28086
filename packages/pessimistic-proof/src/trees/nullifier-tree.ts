import { bytesEqual, err, hash32, ok, type Hash32, type Result } from '@zkstack/crypto'
import { networkOfGlobalIndex } from '../hashes/global-index-hash.js'
import { hashPair } from '../hashes/hash-pair.js'
import { Preimage } from '../hashes/preimage.js'
import type { GlobalIndex } from '../types/global-index.js'
import { INVALID_ROLLUP_INDEX } from '../types/network-id.js'
import { emptyHash } from './empty-hashes.js'
import { bitAt, type SparseKey } from './sparse-key.js'
import { SparseMerkleTree } from './sparse-merkle-tree.js'
import type { SmtError } from './tree-error.js'

/** Depth of a nullifier tree: bits of a network id and of a leaf index. */
export const NULLIFIER_TREE_DEPTH = 64

/** The leaf of a claimed exit: 1 in the first byte, not the last. */
const CLAIMED: Hash32 = hash32(new Uint8Array(32).fill(1, 0, 1))

/**
 * Which exits of other networks a network has claimed: a sparse Merkle tree of depth 64, from network and leaf index to 1.
 * Immutable.
 * @see agglayer crates/pessimistic-proof-core/src/nullifier_tree
 */
export class NullifierTree {
  /** The tree without claims. */
  static readonly empty = new NullifierTree(new SparseMerkleTree(NULLIFIER_TREE_DEPTH))

  readonly tree: SparseMerkleTree

  constructor(tree: SparseMerkleTree) {
    this.tree = tree
  }

  /** The root. */
  get root(): Hash32 {
    return this.tree.root
  }

  /** Whether the exit was claimed. */
  has(index: GlobalIndex): boolean {
    return this.tree.get(nullifierKey(index)) !== undefined
  }

  /** The tree in which the exit is claimed; `KeyAlreadyPresent` if it was. */
  insert(index: GlobalIndex): Result<NullifierTree, SmtError> {
    const tree = this.tree.insert(nullifierKey(index), CLAIMED)
    return tree.ok ? ok(new NullifierTree(tree.value)) : tree
  }

  /** 1 to 64 siblings, from the root down, that prove the exit unclaimed; `KeyPresent` if it was claimed. */
  nonInclusionPath(index: GlobalIndex): Result<readonly Hash32[], SmtError> {
    const path = this.tree.nonInclusionProof(nullifierKey(index))
    return path.ok ? path : err(path.error)
  }
}

/**
 * An exit's key: u32 LE network id ‖ u32 LE leaf index, 8 bytes.
 * @throws RangeError for the rollup index that does not exist.
 */
export function nullifierKey(index: GlobalIndex): SparseKey {
  const network = networkOfGlobalIndex(index)
  if (network > INVALID_ROLLUP_INDEX) throw new RangeError(`rollupIndex: ${index.rollupIndex}`)
  return new Preimage(8).u32le(network).u32le(index.leafIndex).finish()
}

/**
 * The nullifier root after claiming an exit; `undefined` if `path`, from the root down, does not prove it unclaimed under
 * `root`. The path may be longer than needed.
 */
export function updatedNullifierRoot(
  root: Hash32,
  index: GlobalIndex,
  path: readonly Hash32[],
): Hash32 | undefined {
  if (path.length > NULLIFIER_TREE_DEPTH) return undefined
  const key = nullifierKey(index)
  const unclaimed = climb(key, emptyHash(NULLIFIER_TREE_DEPTH - path.length), path)
  if (!bytesEqual(unclaimed, root)) return undefined
  let hash = CLAIMED
  for (let depth = NULLIFIER_TREE_DEPTH - 1; depth >= path.length; depth--) {
    const sibling = emptyHash(NULLIFIER_TREE_DEPTH - 1 - depth)
    hash = bitAt(key, depth) === 1 ? hashPair(sibling, hash) : hashPair(hash, sibling)
  }
  return climb(key, hash, path)
}

/** The root above a subtree that hangs below `path`. */
function climb(key: SparseKey, subtree: Hash32, path: readonly Hash32[]): Hash32 {
  let hash = subtree
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const sibling = path[depth] as Hash32
    hash = bitAt(key, depth) === 1 ? hashPair(sibling, hash) : hashPair(hash, sibling)
  }
  return hash
}
