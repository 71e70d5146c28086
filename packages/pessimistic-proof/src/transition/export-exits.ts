import { bytesEqual, err, ok, type Result } from '@zkstack/crypto'
import { bridgeExitHasher } from '../hashes/bridge-exit-hash.js'
import type { LocalExitTree } from '../trees/local-exit-tree.js'
import type { BridgeExit } from '../types/bridge-exit.js'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import { MAINNET, type NetworkId } from '../types/network-id.js'
import { amountTokenInfo, L1_ETH } from './amount-token-info.js'
import { balanceError } from './balance-error.js'
import type { ProofError } from './proof-error.js'
import type { TokenBalances } from './token-balances.js'

/** Appends the header's bridge exits to the exit tree one by one and debits what they take, and gives the tree after them. */
export function exportExits(
  header: MultiBatchHeader,
  o: { readonly exitTree: LocalExitTree; readonly balances: TokenBalances },
): Result<LocalExitTree, ProofError> {
  const { originNetwork } = header
  const leafOf = bridgeExitHasher()
  let tree = o.exitTree
  for (const exit of header.bridgeExits) {
    if (exit.destNetwork === originNetwork) return err({ code: 'CannotExitToSameNetwork' })
    const appended = tree.append(leafOf(exit))
    if (!appended.ok) {
      return err({ code: 'InvalidLocalExitTreeOperation', source: appended.error })
    }
    tree = appended.value
    const fault = tokenError(exit, originNetwork)
    if (fault !== undefined) return err(fault)
    const token = amountTokenInfo(exit)
    if (token.originNetwork === originNetwork) continue
    const error = balanceError(o.balances.debit(token, exit.amount), token)
    if (error !== undefined) return err(error)
  }
  return ok(tree)
}

/** What is wrong with the token that an exit names, be it moved or not. */
function tokenError(
  { leafType, tokenInfo }: BridgeExit,
  originNetwork: NetworkId,
): ProofError | undefined {
  if (leafType === 'message' && tokenInfo.originNetwork !== originNetwork) {
    return { code: 'InvalidMessageOriginNetwork' }
  }
  const isEther = bytesEqual(tokenInfo.originTokenAddress, L1_ETH.originTokenAddress)
  if (isEther && tokenInfo.originNetwork !== MAINNET) {
    return { code: 'InvalidL1TokenInfo', tokenInfo }
  }
  return undefined
}
