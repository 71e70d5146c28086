import { bytesEqual, err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { hashPair } from '../hashes/hash-pair.js'
import type { ExitTreeFrontier } from '../types/network-state.js'
import { emptyHash, ZERO_HASH } from './empty-hashes.js'
import { EXIT_TREE_DEPTH } from './inclusion.js'
import type { LocalExitTreeError } from './tree-error.js'

/** The most leaves that a tree of depth 32 takes. */
const MAX_LEAVES = 2 ** EXIT_TREE_DEPTH - 1

/**
 * An append-only Merkle tree of depth 32 as its right edge: enough to append and to tell the root, in constant memory.
 * Immutable: appending gives a new tree.
 * @see interop crates/unified-bridge/src/local_exit_tree/mod.rs
 */
export class LocalExitTree implements ExitTreeFrontier {
  /** The tree without leaves. */
  static readonly empty = new LocalExitTree(0, new Array<Hash32>(EXIT_TREE_DEPTH).fill(ZERO_HASH))

  readonly leafCount: number
  /** 32 digests, of which those at the zero bits of the leaf count are stale. */
  readonly frontier: readonly Hash32[]
  #root: Hash32 | undefined

  private constructor(leafCount: number, frontier: readonly Hash32[]) {
    this.leafCount = leafCount
    this.frontier = frontier
  }

  /**
   * The tree with this frontier, whose stale slots mean nothing.
   * @throws RangeError unless the leaf count is an unsigned 32-bit number and there are 32 slots.
   */
  static from(given: ExitTreeFrontier): LocalExitTree {
    if (given instanceof LocalExitTree) return given
    const { leafCount, frontier } = given
    if (leafCount >>> 0 !== leafCount) {
      throw new RangeError(`leafCount: expected an unsigned 32-bit number, got ${leafCount}`)
    }
    if (frontier.length !== EXIT_TREE_DEPTH) {
      throw new RangeError(`frontier: expected 32 digests, got ${frontier.length}`)
    }
    return new LocalExitTree(leafCount, [...frontier])
  }

  /** The root; 32 hashes when first asked for. */
  get root(): Hash32 {
    this.#root ??= this.#computeRoot()
    return this.#root
  }

  /** The tree with one more leaf, two hashes on average; an error when it is full. */
  append(leaf: Hash32): Result<LocalExitTree, LocalExitTreeError> {
    if (this.leafCount >= MAX_LEAVES) return err({ code: 'LeafIndexOverflow' })
    const leafCount = this.leafCount + 1
    const frontier = this.frontier.slice()
    const slot = trailingZeros(leafCount)
    let hash = leaf
    for (let height = 0; height < slot; height++) hash = hashPair(this.#slot(height), hash)
    frontier[slot] = hash
    return ok(new LocalExitTree(leafCount, frontier))
  }

  /** Whether both trees have the same leaves: compared by leaf count and root, for stale slots may differ. */
  equals(other: LocalExitTree): boolean {
    return this.leafCount === other.leafCount && bytesEqual(this.root, other.root)
  }

  #computeRoot(): Hash32 {
    let hash = ZERO_HASH
    for (let height = 0; height < EXIT_TREE_DEPTH; height++) {
      const full = ((this.leafCount >>> height) & 1) === 1
      hash = full ? hashPair(this.#slot(height), hash) : hashPair(hash, emptyHash(height))
    }
    return hash
  }

  #slot(height: number): Hash32 {
    return this.frontier[height] ?? ZERO_HASH
  }
}

function trailingZeros(count: number): number {
  return 31 - Math.clz32(count & -count)
}
