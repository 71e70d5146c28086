import type { Hash32 } from '@zkstack/crypto'
import { hashPair } from '../hashes/hash-pair.js'
import { emptyHash } from './empty-hashes.js'
import { bitAt, sharedBits, type SparseKey } from './sparse-key.js'

/** What every node has. A node fills a slot: the root's, or one of the two below a branch. */
interface NodeBase {
  /** Where the node itself stands: the tree's depth for a leaf, for a branch the depth at which its children part. */
  readonly depth: number
  /** A key within the node's subtree; of a branch only the first `depth` bits matter. */
  readonly key: SparseKey
  /** The subtree's root as its slot needs it: the levels between slot and node have empty siblings. */
  readonly hash: Hash32
}

/** One key with its value. */
export interface SparseLeaf extends NodeBase {
  readonly type: 'leaf'
  readonly value: Hash32
}

/** Two subtrees, neither of them empty. */
export interface SparseBranch extends NodeBase {
  readonly type: 'branch'
  readonly left: SparseNode
  readonly right: SparseNode
}

/** A node whose content is in the store, not in memory. */
export interface SparseStub extends NodeBase {
  readonly type: 'stub'
  /** The slot that the node fills in the store, and the subtree's root as that slot needs it. */
  readonly stored: { readonly slot: number; readonly hash: Hash32 }
}

/** A node of a sparse Merkle tree; immutable. */
export type SparseNode = SparseLeaf | SparseBranch | SparseStub

/** A leaf for the slot at `slot`, in a tree of this depth. */
export function sparseLeaf(depth: number, slot: number, key: SparseKey, value: Hash32): SparseLeaf {
  const hash = lift(depth, value, key, { from: depth, to: slot })
  return { type: 'leaf', depth, key, hash, value }
}

/** A branch at `at` for the slot at `slot`, in a tree of this depth; the children fill the slots right below. */
export function sparseBranch(
  depth: number,
  slot: number,
  at: number,
  children: { readonly left: SparseNode; readonly right: SparseNode },
): SparseBranch {
  const { left, right } = children
  const key = left.key
  const hash = lift(depth, hashPair(left.hash, right.hash), key, { from: at, to: slot })
  return { type: 'branch', depth: at, key, hash, left, right }
}

/**
 * The node moved to another slot on the way between itself and the root.
 * @throws RangeError for a stub that is to stand below its slot in the store.
 */
export function moveTo(depth: number, node: SparseNode, from: number, to: number): SparseNode {
  if (to <= from) return { ...node, hash: lift(depth, node.hash, node.key, { from, to }) }
  return { ...node, hash: hashAt(depth, node, to) }
}

/**
 * The root of a node's subtree in the slot at `slot`.
 * @throws RangeError for a stub, below its slot in the store.
 */
export function hashAt(depth: number, node: SparseNode, slot: number): Hash32 {
  if (node.type === 'stub') {
    if (slot > node.stored.slot) throw notLoaded()
    return lift(depth, node.stored.hash, node.key, { from: node.stored.slot, to: slot })
  }
  const own = node.type === 'leaf' ? node.value : hashPair(node.left.hash, node.right.hash)
  return lift(depth, own, node.key, { from: node.depth, to: slot })
}

/** How far a key follows the way from the root to a node: the node's depth if the key leads into its subtree. */
export function sharedDepth(node: SparseNode, key: SparseKey): number {
  return sharedBits(node.key, key, node.depth)
}

/** The error of an operation that meets a stub: a mistake of the caller, who was to load the paths of the keys first. */
export function notLoaded(): RangeError {
  return new RangeError('key: its path is not loaded from the store')
}

function lift(
  depth: number,
  hash: Hash32,
  key: SparseKey,
  way: { readonly from: number; readonly to: number },
): Hash32 {
  let lifted = hash
  for (let level = way.from - 1; level >= way.to; level--) {
    const sibling = emptyHash(depth - 1 - level)
    lifted = bitAt(key, level) === 1 ? hashPair(sibling, lifted) : hashPair(lifted, sibling)
  }
  return lifted
}
