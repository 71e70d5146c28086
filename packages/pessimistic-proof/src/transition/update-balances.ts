import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { TWO_256 } from '../codec/u256.js'
import { compareTokens, updatedBalanceRoot } from '../trees/balance-tree.js'
import type { BalanceProof } from '../types/multi-batch-header.js'
import type { ProofError } from './proof-error.js'
import type { TokenBalances } from './token-balances.js'

/** The proofs in the order of tokens, of which each may have one. */
export function orderedBalanceProofs(
  proofs: readonly BalanceProof[],
): Result<readonly BalanceProof[], ProofError> {
  const ordered = proofs.toSorted((a, b) => compareTokens(a.tokenInfo, b.tokenInfo))
  for (const [i, { tokenInfo }] of ordered.entries()) {
    const next = ordered[i + 1]
    if (next !== undefined && compareTokens(tokenInfo, next.tokenInfo) === 0) {
      return err({ code: 'DuplicateTokenBalanceProof', tokenInfo })
    }
  }
  return ok(ordered)
}

/** Writes the balances into the balance tree one by one, each against the root after those before it, and tells the last root. */
export function updateBalances(
  root: Hash32,
  proofs: readonly BalanceProof[],
  balances: TokenBalances,
): Result<Hash32, ProofError> {
  let running = root
  for (const [i, { before, balance: after, tokenInfo: token }] of balances.entries.entries()) {
    if (after >= TWO_256) return err({ code: 'BalanceOverflowInBridgeExit' })
    const path = proofs[i]?.path ?? []
    const updated = updatedBalanceRoot(running, { token, before, after, path })
    if (updated === undefined) return err({ code: 'InvalidBalancePath' })
    running = updated
  }
  return ok(running)
}
