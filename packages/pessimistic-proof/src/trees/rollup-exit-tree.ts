import { ok, err, type Hash32, type Result } from '@zkstack/crypto'
import type { MerkleProof } from '../types/claim.js'
import { EXIT_TREE_DEPTH } from './inclusion.js'
import { SparseMerkleTree } from './sparse-merkle-tree.js'
import type { SparseKey } from './sparse-key.js'
import type { LocalExitTreeError } from './tree-error.js'

/**
 * The local exit roots of all rollups by rollup index: a Merkle tree of depth 32 whose absent leaves are zero. Its root is
 * the rollup exit root (RER). Immutable.
 */
export class RollupExitTree {
  /** The tree without rollups. */
  static readonly empty = new RollupExitTree(new SparseMerkleTree(EXIT_TREE_DEPTH))

  readonly #tree: SparseMerkleTree

  private constructor(tree: SparseMerkleTree) {
    this.#tree = tree
  }

  /** The rollup exit root. */
  get root(): Hash32 {
    return this.#tree.root
  }

  /**
   * The tree in which the rollup has this local exit root.
   * @throws RangeError unless the index is an unsigned 32-bit number.
   */
  update(rollupIndex: number, localExitRoot: Hash32): RollupExitTree {
    return new RollupExitTree(this.#tree.update(exitTreeKey(rollupIndex), localExitRoot))
  }

  /** Proves a rollup's local exit root; an error if it has none. */
  proof(rollupIndex: number): Result<MerkleProof, LocalExitTreeError> {
    const siblings = this.#tree.inclusionProof(exitTreeKey(rollupIndex))
    if (!siblings.ok) return err({ code: 'IndexOutOfBounds' })
    return ok({ siblings: siblings.value, root: this.root })
  }
}

/** An index's key: its bits from the highest, for in these trees the lowest bit decides at the leaf. */
function exitTreeKey(index: number): SparseKey {
  if (index >>> 0 !== index) {
    throw new RangeError(`rollupIndex: expected an unsigned 32-bit number, got ${index}`)
  }
  const key = new Uint8Array(4)
  for (let depth = 0; depth < EXIT_TREE_DEPTH; depth++) {
    const bit = (index >>> (EXIT_TREE_DEPTH - 1 - depth)) & 1
    key[depth >> 3] = (key[depth >> 3] ?? 0) | (bit << (depth & 7))
  }
  return key
}
