import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { emptyHash, ZERO_HASH } from './empty-hashes.js'
import { bitAt, type SparseKey } from './sparse-key.js'
import {
  hashAt,
  moveTo,
  notLoaded,
  sharedDepth,
  sparseBranch,
  sparseLeaf,
  type SparseNode,
} from './sparse-node.js'
import type { SmtError } from './tree-error.js'

/** Siblings on a key's way, and what stands at its end. */
interface Walk {
  /** As many digests as the tree is deep, from the root down. */
  readonly siblings: readonly Hash32[]
  /** Zero if the key is absent. */
  readonly value: Hash32
  /** How many siblings stand above the empty subtree that the key leads into, if it is absent. */
  readonly emptyBelow: number
}

/**
 * A sparse Merkle tree whose absent leaves are 32 zero bytes. Immutable: every change gives a new tree that shares what did
 * not change, so that a transaction is a tree, and giving it up costs nothing.
 *
 * Kept are the present leaves and the branches between them, two nodes a leaf, whatever the depth. A tree read from a store
 * holds only the loaded paths; operations on other keys throw `RangeError`, as does a key of the wrong length.
 * @see interop crates/agglayer-tries/src/smt.rs
 */
export class SparseMerkleTree {
  /** Levels below the root: a multiple of 8, at most 192. */
  readonly depth: number
  /** The uppermost node; `undefined` if the tree is empty. */
  readonly top: SparseNode | undefined

  constructor(depth: number, top?: SparseNode) {
    this.depth = depth
    this.top = top
  }

  /** The root. */
  get root(): Hash32 {
    return this.top?.hash ?? emptyHash(this.depth)
  }

  /** A key's value; `undefined` if it has none. */
  get(key: SparseKey): Hash32 | undefined {
    this.#check(key)
    let node = this.top
    while (node !== undefined) {
      if (loadedDepth(node, key) < node.depth) return undefined
      if (node.type === 'leaf') return node.value
      node = childrenFor(node, key).own
    }
    return undefined
  }

  /** The tree in which the key has this value; zero removes the key. */
  update(key: SparseKey, value: Hash32): SparseMerkleTree {
    this.#check(key)
    const top = bytesEqual(value, ZERO_HASH)
      ? this.#remove(this.top, 0, key)
      : this.#place(this.top, 0, key, value)
    return top === this.top ? this : new SparseMerkleTree(this.depth, top)
  }

  /** The tree in which the key, which must be absent, has this value. */
  insert(key: SparseKey, value: Hash32): Result<SparseMerkleTree, SmtError> {
    if (this.get(key) !== undefined) return err({ code: 'KeyAlreadyPresent' })
    return ok(this.update(key, value))
  }

  /** As many siblings as the tree is deep, from the leaf's up, that prove a key's value, be it zero or not. */
  path(key: SparseKey): readonly Hash32[] {
    return this.#walk(key).siblings.toReversed()
  }

  /** Siblings of a present key, from the leaf's up. */
  inclusionProof(key: SparseKey): Result<readonly Hash32[], SmtError> {
    const { siblings, value } = this.#walk(key)
    return value === ZERO_HASH ? err({ code: 'KeyNotPresent' }) : ok(siblings.toReversed())
  }

  /** Siblings of an absent key in the form of an inclusion proof, from the leaf's up: they prove that its value is zero. */
  inclusionProofZero(key: SparseKey): Result<readonly Hash32[], SmtError> {
    const { siblings, value } = this.#walk(key)
    return value === ZERO_HASH ? ok(siblings.toReversed()) : err({ code: 'KeyAlreadyPresent' })
  }

  /**
   * Siblings of an absent key from the root down to an empty subtree. The empty tree's is one sibling and not none, as
   * upstream makes it.
   */
  nonInclusionProof(key: SparseKey): Result<readonly Hash32[], SmtError> {
    const { siblings, value, emptyBelow } = this.#walk(key)
    return value === ZERO_HASH ? ok(siblings.slice(0, emptyBelow)) : err({ code: 'KeyPresent' })
  }

  /** Every present key with its value, in no promised order. */
  *entries(): Generator<readonly [SparseKey, Hash32]> {
    const pending = this.top === undefined ? [] : [this.top]
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node.type === 'stub') throw notLoaded()
      if (node.type === 'leaf') yield [node.key, node.value]
      else pending.push(node.right, node.left)
    }
  }

  #walk(key: SparseKey): Walk {
    this.#check(key)
    const siblings = Array.from({ length: this.depth }, (_, i) => emptyHash(this.depth - 1 - i))
    let emptyBelow = 1
    for (let node = this.top; node !== undefined;) {
      const shared = loadedDepth(node, key)
      if (shared < node.depth) {
        siblings[shared] = hashAt(this.depth, node, shared + 1)
        emptyBelow = shared + 1
        break
      }
      if (node.type === 'leaf') return { siblings, value: node.value, emptyBelow: this.depth }
      const { own, other }: Children = childrenFor(node, key)
      siblings[node.depth] = other.hash
      node = own
    }
    return { siblings, value: ZERO_HASH, emptyBelow }
  }

  #place(node: SparseNode | undefined, slot: number, key: SparseKey, value: Hash32): SparseNode {
    if (node === undefined) return sparseLeaf(this.depth, slot, new Uint8Array(key), value)
    const shared = loadedDepth(node, key)
    if (shared < node.depth) {
      const leaf = sparseLeaf(this.depth, shared + 1, new Uint8Array(key), value)
      const sunk = moveTo(this.depth, node, slot, shared + 1)
      return sparseBranch(this.depth, slot, shared, ordered(bitAt(key, shared), leaf, sunk))
    }
    if (node.type === 'leaf') {
      return bytesEqual(node.value, value) ? node : sparseLeaf(this.depth, slot, node.key, value)
    }
    const { bit, own, other } = childrenFor(node, key)
    const child = this.#place(own, node.depth + 1, key, value)
    if (child === own) return node
    return sparseBranch(this.depth, slot, node.depth, ordered(bit, child, other))
  }

  #remove(node: SparseNode | undefined, slot: number, key: SparseKey): SparseNode | undefined {
    if (node === undefined || loadedDepth(node, key) < node.depth) return node
    if (node.type === 'leaf') return undefined
    const { bit, own, other } = childrenFor(node, key)
    const child = this.#remove(own, node.depth + 1, key)
    if (child === own) return node
    if (child === undefined) return moveTo(this.depth, other, node.depth + 1, slot)
    return sparseBranch(this.depth, slot, node.depth, ordered(bit, child, other))
  }

  #check(key: SparseKey): void {
    if (8 * key.length !== this.depth) {
      throw new RangeError(`key: expected ${this.depth / 8} bytes, got ${key.length}`)
    }
  }
}

/** How far a key follows the way to a node; throws if only the node's content could tell. */
function loadedDepth(node: SparseNode, key: SparseKey): number {
  const shared = sharedDepth(node, key)
  if (node.type === 'stub' && shared >= node.stored.slot) throw notLoaded()
  return shared
}

/** A branch's children: the one that a key leads to, and the other. */
interface Children {
  readonly bit: 0 | 1
  readonly own: SparseNode
  readonly other: SparseNode
}

function childrenFor(node: SparseNode, key: SparseKey): Children {
  if (node.type !== 'branch') throw notLoaded()
  const bit = bitAt(key, node.depth)
  return bit === 1
    ? { bit, own: node.right, other: node.left }
    : { bit, own: node.left, other: node.right }
}

function ordered(
  bit: 0 | 1,
  own: SparseNode,
  other: SparseNode,
): { readonly left: SparseNode; readonly right: SparseNode } {
  return bit === 1 ? { left: other, right: own } : { left: own, right: other }
}
