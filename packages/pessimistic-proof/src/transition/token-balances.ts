import { TWO_256 } from '../codec/u256.js'
import { compareTokens } from '../trees/balance-tree.js'
import type { TokenInfo } from '../types/bridge-exit.js'

/** The first number beyond 512 bits, the width of running sums. */
const TWO_512 = 1n << 512n

/** A token's balance before the certificate, and so far. */
export interface TokenBalance {
  readonly tokenInfo: TokenInfo
  readonly before: bigint
  balance: bigint
}

/** The outcome of a credit or debit. */
export type BalanceOutcome = 'ok' | 'missing' | 'overflow' | 'underflow'

/** Running balances of some tokens, 512 bits wide, so that only the sum at the end must fit 256. */
export class TokenBalances {
  /** In the order of tokens. */
  readonly entries: readonly TokenBalance[]

  /** Starts from these balances, of which each token has one, in the order of tokens. */
  constructor(entries: readonly { readonly tokenInfo: TokenInfo; readonly balance: bigint }[]) {
    this.entries = entries.map(({ tokenInfo, balance }) => ({
      tokenInfo,
      before: assertU256(balance),
      balance,
    }))
  }

  /** Adds to a token's balance. */
  credit(token: TokenInfo, amount: bigint): BalanceOutcome {
    const entry = this.#find(token)
    if (entry === undefined) return 'missing'
    const balance = entry.balance + assertU256(amount)
    if (balance >= TWO_512) return 'overflow'
    entry.balance = balance
    return 'ok'
  }

  /** Takes from a token's balance. */
  debit(token: TokenInfo, amount: bigint): BalanceOutcome {
    const entry = this.#find(token)
    if (entry === undefined) return 'missing'
    const balance = entry.balance - assertU256(amount)
    if (balance < 0n) return 'underflow'
    entry.balance = balance
    return 'ok'
  }

  #find(token: TokenInfo): TokenBalance | undefined {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.entries[middle] as TokenBalance
      const order = compareTokens(entry.tokenInfo, token)
      if (order === 0) return entry
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }
}

/** Amounts are 256 bits wide by their type; one that is not was never parsed. */
function assertU256(amount: bigint): bigint {
  if (amount < 0n || amount >= TWO_256) {
    throw new RangeError(`amount: expected an unsigned 256-bit number, got ${amount}`)
  }
  return amount
}
