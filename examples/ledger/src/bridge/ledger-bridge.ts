import type { ClaimedExit } from '@zkstack/settlement'
import type { Transaction } from '../transaction.js'
import { claimedExitOf } from './bridge-exits.js'

/** What a ledger with a bridge asks about L1: a `SettlementClient` knows it. */
export interface LedgerBridge {
  /** Whether L1 had the exit roots that a claim was made under. */
  isKnownExitRoot(claim: ClaimedExit): boolean
}

/**
 * Whether this node stands for a transaction, as far as L1 is concerned: it votes for no claim, proposes none and spreads none unless
 * its own view of L1 has the claim's exit roots. What is final was voted for by a quorum, and is executed whatever this node sees.
 */
export function claimCheck(
  networkId: number | undefined,
  bridge: LedgerBridge | undefined,
): (t: Transaction) => boolean {
  return ({ from, claim }) => {
    if (claim === undefined) return true
    if (networkId === undefined || bridge === undefined) return false
    return bridge.isKnownExitRoot(claimedExitOf(claim, { networkId, from }))
  }
}
