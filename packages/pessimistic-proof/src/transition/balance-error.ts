import type { TokenInfo } from '../types/bridge-exit.js'
import type { ProofError } from './proof-error.js'
import type { BalanceOutcome } from './token-balances.js'

/** The error of a credit or debit; `undefined` if it went well. */
export function balanceError(
  outcome: BalanceOutcome,
  tokenInfo: TokenInfo,
): ProofError | undefined {
  switch (outcome) {
    case 'ok':
      return undefined
    case 'missing':
      return { code: 'MissingTokenBalanceProof', tokenInfo }
    case 'overflow':
      return { code: 'BalanceOverflowInBridgeExit' }
    case 'underflow':
      return { code: 'BalanceUnderflowInBridgeExit' }
  }
}
