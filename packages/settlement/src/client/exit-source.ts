import type { Hash32 } from '@zkstack/crypto'
import type { BridgeExit, CallOptions, GlobalIndex } from '@zkstack/pessimistic-proof'

/**
 * An exit of another network with the proofs that its destination asks for: the arguments of the bridge's `claimAsset` and
 * `claimMessage`.
 */
export interface ClaimedExit {
  readonly bridgeExit: BridgeExit
  readonly globalIndex: GlobalIndex
  /** 32 digests, from the exit's leaf up: to the mainnet exit root, or to the local exit root of a rollup. */
  readonly smtProofLocalExitRoot: readonly Hash32[]
  /** 32 digests, from the rollup's local exit root up to the rollup exit root; zero for exits of L1. */
  readonly smtProofRollupExitRoot: readonly Hash32[]
  readonly mainnetExitRoot: Hash32
  readonly rollupExitRoot: Hash32
}

/** What left and entered a network in one block. */
export interface BlockExits {
  /** In the order in which they entered the local exit tree. */
  readonly bridgeExits: readonly BridgeExit[]
  /** What was claimed. */
  readonly claims: readonly ClaimedExit[]
  /** Root of the local exit tree after the block, if the execution layer keeps one: it is compared. */
  readonly localExitRoot?: Hash32 | undefined
}

/**
 * Optional capability of an execution layer: says what left and entered its network.
 * @typeParam B the node's final blocks
 */
export interface ExitSource<B> {
  /** The first block of the chain, as its genesis says: nothing left or entered before it. Default 0. */
  readonly firstBlock?: bigint | undefined
  /** What is in a final block that was committed; always the same for the same block. */
  exits(block: B, o: CallOptions): BlockExits | Promise<BlockExits>
}
