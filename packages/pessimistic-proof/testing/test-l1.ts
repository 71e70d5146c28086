import { keccak256, type Hash32, type Result } from '@zkstack/crypto'
import { globalExitRoot, hashL1InfoTreeLeaf } from '../src/hashes/claim-hash.js'
import { LocalExitTreeData } from '../src/trees/local-exit-tree-data.js'
import { RollupExitTree } from '../src/trees/rollup-exit-tree.js'
import type { L1InfoTreeLeaf, MerkleProof } from '../src/types/claim.js'

/** The trees that L1 keeps: its own exits, every rollup's settled local exit root, and the history of both roots. */
export class TestL1 {
  readonly exits = new LocalExitTreeData()
  #rollups = RollupExitTree.empty
  readonly #info = new LocalExitTreeData()
  #leaf: L1InfoTreeLeaf | undefined

  /** The root of the L1 info tree. */
  get infoRoot(): Hash32 {
    return this.#info.root
  }

  /** Notes what a rollup settled. */
  settle(rollupIndex: number, localExitRoot: Hash32): void {
    this.#rollups = this.#rollups.update(rollupIndex, localExitRoot)
  }

  /** The leaf of the current exit roots; a new one if they have changed since the last. */
  currentLeaf(): L1InfoTreeLeaf {
    const mer = this.exits.root
    const rer = this.#rollups.root
    const exitRoot = globalExitRoot(mer, rer)
    if (String(this.#leaf?.inner.globalExitRoot) === String(exitRoot) && this.#leaf)
      return this.#leaf
    const l1InfoTreeIndex = this.#info.leafCount
    const block = new Uint8Array(4)
    new DataView(block.buffer).setUint32(0, l1InfoTreeIndex)
    const inner = {
      globalExitRoot: exitRoot,
      blockHash: keccak256(block),
      timestamp: 1_700_000_000n + 12n * BigInt(l1InfoTreeIndex),
    }
    this.#leaf = { l1InfoTreeIndex, mer, rer, inner }
    unwrap(this.#info.append(hashL1InfoTreeLeaf(this.#leaf)))
    return this.#leaf
  }

  /** Proves a leaf's inclusion in the L1 info tree of now. */
  infoProof(leaf: L1InfoTreeLeaf): MerkleProof {
    return unwrap(this.#info.proof(leaf.l1InfoTreeIndex))
  }

  /** Proves a rollup's settled local exit root. */
  rollupProof(rollupIndex: number): MerkleProof {
    return unwrap(this.#rollups.proof(rollupIndex))
  }
}

/**
 * The value of a success.
 * @throws Error for a failure, which in a test is a mistake of the test.
 */
export function unwrap<T>(result: Result<T, { readonly code: string }>): T {
  if (result.ok) return result.value
  throw new Error(`unexpected failure: ${result.error.code}`)
}
