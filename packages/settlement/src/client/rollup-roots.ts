import { toHex, type Hash32 } from '@zkstack/crypto'
import { RollupExitTree, type NetworkId } from '@zkstack/pessimistic-proof'

/** A rollup exit tree, and its leaves by network. */
export interface RollupLeaves {
  readonly tree: RollupExitTree
  readonly localExitRoots: ReadonlyMap<NetworkId, Hash32>
}

/** Roots that are remembered: leaves of the L1 info tree name the present one, or the one that the next event makes. */
const remembered = 64

/** The rollup exit tree at its newest roots; all that it ever had would fill the memory over the years. */
export class RollupRoots {
  readonly #byRoot = new Map<string, RollupLeaves>()
  #newest: RollupLeaves = { tree: RollupExitTree.empty, localExitRoots: new Map() }

  /** How many are remembered. */
  get size(): number {
    return this.#byRoot.size
  }

  /** A network has settled another local exit root. */
  settle(networkId: NetworkId, root: Hash32): void {
    const { tree, localExitRoots } = this.#newest
    this.#newest = {
      tree: tree.update(networkId - 1, root),
      localExitRoots: new Map(localExitRoots).set(networkId, root),
    }
    const key = toHex(this.#newest.tree.root)
    // A root that comes back is the newest again.
    this.#byRoot.delete(key)
    this.#byRoot.set(key, this.#newest)
    const [oldest] = this.#byRoot.keys()
    if (oldest !== undefined && this.#byRoot.size > remembered) this.#byRoot.delete(oldest)
  }

  /** The tree when it had this root; `undefined`: it never had, or long ago. */
  at(root: Hash32): RollupLeaves | undefined {
    return this.#byRoot.get(toHex(root))
  }
}
