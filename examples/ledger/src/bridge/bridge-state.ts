import { bytesEqual, err, keccak256, ok, type Hash32, type Result } from '@zkstack/crypto'
import {
  globalIndexToBigint,
  hashBridgeExit,
  inclusionRoot,
  LocalExitTree,
} from '@zkstack/pessimistic-proof'
import type { ClaimedExit } from '@zkstack/settlement'
import { merkleRoot } from '../merkle-root.js'
import type { Transaction } from '../transaction.js'
import { bridgeExitOf, claimedExitOf, weiPerUnit } from './bridge-exits.js'
import type { ClaimFields } from './bridge-fields.js'
import { encodeUint256 } from './uint256.js'

/** Why ether neither leaves nor comes in. */
export type BridgeError =
  'EXIT_OF_NOTHING' | 'EXIT_TO_ITSELF' | 'EXIT_TREE_FULL' | 'CLAIMED_BEFORE' | 'CLAIM_NOT_PROVEN'

/** What left a network, and what was claimed on it. Like a ledger's state it is changed on drafts only. */
export class BridgeState {
  readonly networkId: number
  readonly #claimed: Set<bigint>
  #exits: LocalExitTree

  private constructor(networkId: number, claimed: Set<bigint>, exits: LocalExitTree) {
    this.networkId = networkId
    this.#claimed = claimed
    this.#exits = exits
  }

  /** Nothing left yet, and nothing came. */
  static empty(networkId: number): BridgeState {
    return new BridgeState(networkId, new Set(), LocalExitTree.empty)
  }

  /** A copy that can be changed. */
  draft(): BridgeState {
    return new BridgeState(this.networkId, new Set(this.#claimed), this.#exits)
  }

  /** Root of the tree of everything that left: what L1 settles. */
  get localExitRoot(): Hash32 {
    return this.#exits.root
  }

  /** keccak256(local exit root ‖ Merkle root over what was claimed: global indices of 32 bytes, in their order). */
  get root(): Hash32 {
    const claimed = [...this.#claimed].sort((a, b) => (a < b ? -1 : 1)).map(encodeUint256)
    return keccak256(this.localExitRoot, merkleRoot(claimed))
  }

  /** What a claim brings its sender, in the ledger's units; what is below one stays with the bridge. Changes nothing. */
  credit(from: Uint8Array, claim: ClaimFields): Result<bigint, BridgeError> {
    const claimed = claimedExitOf(claim, { networkId: this.networkId, from })
    if (this.#claimed.has(globalIndexToBigint(claimed.globalIndex))) return err('CLAIMED_BEFORE')
    if (!isProven(claimed)) return err('CLAIM_NOT_PROVEN')
    return ok(claimed.bridgeExit.amount / weiPerUnit)
  }

  /** Takes note of an exit or a claim; of a claim only after {@link credit}. On error nothing has changed. */
  execute({ from, amount, exit, claim }: Transaction): Result<void, BridgeError> {
    if (claim !== undefined) {
      const { globalIndex } = claimedExitOf(claim, { networkId: this.networkId, from })
      this.#claimed.add(globalIndexToBigint(globalIndex))
    }
    if (exit === undefined) return ok(undefined)
    if (amount === 0n) return err('EXIT_OF_NOTHING')
    if (exit.destNetwork === this.networkId) return err('EXIT_TO_ITSELF')
    const appended = this.#exits.append(hashBridgeExit(bridgeExitOf(amount, exit)))
    if (!appended.ok) return err('EXIT_TREE_FULL')
    this.#exits = appended.value
    return ok(undefined)
  }
}

/** Whether the proofs lead from the exit to the exit roots that the claim names. */
function isProven(claim: ClaimedExit): boolean {
  const { bridgeExit, globalIndex, mainnetExitRoot, rollupExitRoot } = claim
  const { mainnetFlag, rollupIndex, leafIndex } = globalIndex
  const local = inclusionRoot(hashBridgeExit(bridgeExit), leafIndex, claim.smtProofLocalExitRoot)
  if (local === undefined) return false
  if (mainnetFlag) return bytesEqual(local, mainnetExitRoot)
  const root = inclusionRoot(local, rollupIndex, claim.smtProofRollupExitRoot)
  return root !== undefined && bytesEqual(root, rollupExitRoot)
}
