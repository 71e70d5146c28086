import { bytesEqual } from '@zkstack/crypto'
import { BalanceTree } from '../trees/balance-tree.js'
import { LocalExitTree } from '../trees/local-exit-tree.js'
import { NullifierTree } from '../trees/nullifier-tree.js'
import type { NetworkState, StateCommitment } from '../types/network-state.js'

/**
 * A network's state with the trees that witnesses are made from. Immutable.
 * @see agglayer crates/agglayer-types/src/local_network_state.rs (`LocalNetworkStateData`)
 */
export interface LocalNetworkState {
  readonly exitTree: LocalExitTree
  readonly balanceTree: BalanceTree
  readonly nullifierTree: NullifierTree
}

/** The state of a network that never settled. */
export const EMPTY_LOCAL_NETWORK_STATE: LocalNetworkState = {
  exitTree: LocalExitTree.empty,
  balanceTree: BalanceTree.empty,
  nullifierTree: NullifierTree.empty,
}

/** The state as a pessimistic proof starts from it. */
export function networkStateOf(state: LocalNetworkState): NetworkState {
  return {
    exitTree: state.exitTree,
    balanceRoot: state.balanceTree.root,
    nullifierRoot: state.nullifierTree.root,
  }
}

/** What a pessimistic root of the state commits to. */
export function stateCommitment(state: LocalNetworkState): StateCommitment {
  return {
    exitRoot: state.exitTree.root,
    lerLeafCount: state.exitTree.leafCount,
    balanceRoot: state.balanceTree.root,
    nullifierRoot: state.nullifierTree.root,
  }
}

/** Whether two states are the same, as far as a pessimistic root commits to them. */
export function sameState(a: LocalNetworkState, b: LocalNetworkState): boolean {
  return (
    a.exitTree.equals(b.exitTree) &&
    bytesEqual(a.balanceTree.root, b.balanceTree.root) &&
    bytesEqual(a.nullifierTree.root, b.nullifierTree.root)
  )
}
