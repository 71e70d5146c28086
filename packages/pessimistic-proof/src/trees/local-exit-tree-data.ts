import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { hashPair } from '../hashes/hash-pair.js'
import type { MerkleProof } from '../types/claim.js'
import { emptyHash, ZERO_HASH } from './empty-hashes.js'
import { EXIT_TREE_DEPTH } from './inclusion.js'
import type { LocalExitTreeError } from './tree-error.js'

/** The most leaves that a tree of depth 32 takes. */
const MAX_LEAVES = 2 ** EXIT_TREE_DEPTH - 1

/**
 * A local exit tree with all its leaves, which proves inclusion in the tree of now and in that of any earlier leaf count.
 * The mainnet exit tree and the L1 info tree have the same form. Keeps every full subtree's root: two digests a leaf.
 * @see interop crates/unified-bridge/src/local_exit_tree/data.rs
 */
export class LocalExitTreeData {
  /** By height: the roots of the full subtrees, from the left. */
  readonly #layers: Hash32[][] = Array.from({ length: EXIT_TREE_DEPTH }, () => [])

  /** Builds the tree of these leaves. */
  constructor(leaves: Iterable<Hash32> = []) {
    for (const leaf of leaves) {
      const added = this.append(leaf)
      if (!added.ok) throw new RangeError('leaves: more than 2^32−1')
    }
  }

  /** Number of leaves. */
  get leafCount(): number {
    return this.#layer(0).length
  }

  /** The root of the tree. */
  get root(): Hash32 {
    return this.#node(EXIT_TREE_DEPTH, 0, this.leafCount)
  }

  /** Adds a leaf and gives its index; two hashes on average. */
  append(leaf: Hash32): Result<number, LocalExitTreeError> {
    const index = this.leafCount
    if (index >= MAX_LEAVES) return err({ code: 'LeafIndexOverflow' })
    let hash = leaf
    let position = index
    for (let height = 0; height < EXIT_TREE_DEPTH; height++) {
      this.#layer(height).push(hash)
      if (position % 2 === 0) break
      hash = hashPair(this.#at(height, position - 1), hash)
      position = (position - 1) / 2
    }
    return ok(index)
  }

  /** The leaf with this index. */
  leaf(index: number): Hash32 | undefined {
    return this.#layer(0)[index]
  }

  /** The root when the tree had `leafCount` leaves. */
  rootAt(leafCount: number): Result<Hash32, LocalExitTreeError> {
    if (!isIndex(leafCount, this.leafCount + 1)) return err({ code: 'IndexOutOfBounds' })
    return ok(this.#node(EXIT_TREE_DEPTH, 0, leafCount))
  }

  /** Proves a leaf's inclusion in the tree that had `leafCount` leaves, or in that of now. */
  proof(index: number, leafCount = this.leafCount): Result<MerkleProof, LocalExitTreeError> {
    if (!isIndex(leafCount, this.leafCount + 1) || !isIndex(index, leafCount)) {
      return err({ code: 'IndexOutOfBounds' })
    }
    const siblings: Hash32[] = []
    let position = index
    for (let height = 0; height < EXIT_TREE_DEPTH; height++) {
      siblings.push(this.#node(height, siblingOf(position), leafCount))
      position = Math.floor(position / 2)
    }
    return ok({ siblings, root: this.#node(EXIT_TREE_DEPTH, 0, leafCount) })
  }

  /** Root of one subtree when the tree had `leafCount` leaves. */
  #node(height: number, position: number, leafCount: number): Hash32 {
    const first = position * 2 ** height
    if (first >= leafCount) return emptyHash(height)
    if (first + 2 ** height <= leafCount) return this.#at(height, position)
    return hashPair(
      this.#node(height - 1, 2 * position, leafCount),
      this.#node(height - 1, 2 * position + 1, leafCount),
    )
  }

  #at(height: number, position: number): Hash32 {
    return this.#layer(height)[position] ?? ZERO_HASH
  }

  #layer(height: number): Hash32[] {
    return this.#layers[height] ?? []
  }
}

function isIndex(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end
}

function siblingOf(position: number): number {
  return position % 2 === 0 ? position + 1 : position - 1
}
