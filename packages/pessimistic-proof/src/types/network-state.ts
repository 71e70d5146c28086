import type { Hash32 } from '@zkstack/crypto'

/** A local exit tree, as far as appending to it needs. */
export interface ExitTreeFrontier {
  /** Unsigned 32-bit number. */
  readonly leafCount: number
  /**
   * 32 digests: slot i is the root of the full subtree of height i, if bit i of the leaf count is 1. Other slots are
   * stale and mean nothing, so two frontiers are to be compared by leaf count and root.
   */
  readonly frontier: readonly Hash32[]
}

/** A network's state as a pessimistic proof starts from it. */
export interface NetworkState {
  readonly exitTree: ExitTreeFrontier
  readonly balanceRoot: Hash32
  readonly nullifierRoot: Hash32
}

/** What a pessimistic root commits to. */
export interface StateCommitment {
  readonly exitRoot: Hash32
  /** Leaves of the local exit tree: an unsigned 32-bit number. */
  readonly lerLeafCount: number
  readonly balanceRoot: Hash32
  readonly nullifierRoot: Hash32
}
