import { err, ok, type Result } from '@zkstack/crypto'
import { TWO_256 } from '../codec/u256.js'
import { amountTokenInfo } from '../transition/amount-token-info.js'
import { TokenBalances } from '../transition/token-balances.js'
import { compareTokens, type BalanceTree } from '../trees/balance-tree.js'
import type { BridgeExit, TokenInfo } from '../types/bridge-exit.js'
import type { Certificate } from '../types/certificate.js'
import type { BalanceProof } from '../types/multi-batch-header.js'
import type { CertificateError } from './certificate-error.js'

/** The tokens of other networks that a certificate moves, each once, in the order of tokens. */
export function movedTokens(certificate: Certificate): readonly TokenInfo[] {
  const tokens = [...importedExits(certificate), ...certificate.bridgeExits]
    .map(amountTokenInfo)
    .filter(({ originNetwork }) => originNetwork !== certificate.networkId)
    .sort(compareTokens)
  return tokens.filter((token, i) => {
    const previous = tokens[i - 1]
    return previous === undefined || compareTokens(previous, token) !== 0
  })
}

/** Moves a certificate's amounts in the balance tree and proves every balance before, each in the tree after those before it. */
export function proveBalances(
  tree: BalanceTree,
  certificate: Certificate,
): Result<
  { readonly tree: BalanceTree; readonly proofs: readonly BalanceProof[] },
  CertificateError
> {
  const tokens = movedTokens(certificate)
  const balances = new TokenBalances(
    tokens.map((tokenInfo) => ({ tokenInfo, balance: tree.get(tokenInfo) })),
  )
  for (const { tokenInfo, amount } of moved(certificate, importedExits(certificate))) {
    if (balances.credit(tokenInfo, amount) === 'overflow') {
      return err({ code: 'BalanceOverflow', tokenInfo })
    }
  }
  for (const { tokenInfo, amount } of moved(certificate, certificate.bridgeExits)) {
    if (balances.debit(tokenInfo, amount) === 'underflow') {
      return err({ code: 'BalanceUnderflow', tokenInfo })
    }
  }
  const proofs: BalanceProof[] = []
  let running = tree
  for (const { tokenInfo, before, balance } of balances.entries) {
    if (balance >= TWO_256) return err({ code: 'BalanceOverflow', tokenInfo })
    proofs.push({ tokenInfo, balance: before, path: running.path(tokenInfo) })
    running = running.update(tokenInfo, balance)
  }
  return ok({ tree: running, proofs })
}

function importedExits({ importedBridgeExits }: Certificate): BridgeExit[] {
  return importedBridgeExits.map(({ bridgeExit }) => bridgeExit)
}

/** What the exits move of other networks' tokens. */
function moved(
  { networkId }: Certificate,
  exits: readonly BridgeExit[],
): { readonly tokenInfo: TokenInfo; readonly amount: bigint }[] {
  return exits
    .map((exit) => ({ tokenInfo: amountTokenInfo(exit), amount: exit.amount }))
    .filter(({ tokenInfo }) => tokenInfo.originNetwork !== networkId)
}
