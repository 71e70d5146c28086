import { err, ok, type Hash32, type Result } from '@zkstack/crypto'
import { networkOfGlobalIndex } from '../hashes/global-index-hash.js'
import { updatedNullifierRoot } from '../trees/nullifier-tree.js'
import type { ImportedBridgeExit } from '../types/claim.js'
import type { MultiBatchHeader } from '../types/multi-batch-header.js'
import type { NetworkId } from '../types/network-id.js'
import { amountTokenInfo } from './amount-token-info.js'
import { balanceError } from './balance-error.js'
import type { ImportedBridgeExitError, ProofError } from './proof-error.js'
import type { TokenBalances } from './token-balances.js'
import { claimError, type ClaimContext } from './verify-claim.js'

/**
 * Claims the header's imported bridge exits one by one and credits what they bring, and tells the nullifier root after them.
 * The network's own tokens are not counted: it may mint them as it likes.
 */
export function importExits(
  header: MultiBatchHeader,
  o: {
    readonly nullifierRoot: Hash32
    readonly balances: TokenBalances
    readonly claims: ClaimContext
  },
): Result<Hash32, ProofError> {
  const { originNetwork } = header
  let root = o.nullifierRoot
  for (const { importedBridgeExit: imported, nullifierPath } of header.importedBridgeExits) {
    const { globalIndex, bridgeExit } = imported
    if (networkOfGlobalIndex(globalIndex) === originNetwork) {
      return err({ code: 'CannotExitToSameNetwork' })
    }
    const fault = importError(imported, originNetwork, o.claims)
    if (fault !== undefined) {
      return err({ code: 'InvalidImportedBridgeExit', source: { code: fault }, globalIndex })
    }
    const updated = updatedNullifierRoot(root, globalIndex, nullifierPath)
    if (updated === undefined) return err({ code: 'InvalidNullifierPath' })
    root = updated
    const token = amountTokenInfo(bridgeExit)
    if (token.originNetwork === originNetwork) continue
    const error = balanceError(o.balances.credit(token, bridgeExit.amount), token)
    if (error !== undefined) return err(error)
  }
  return ok(root)
}

function importError(
  imported: ImportedBridgeExit,
  originNetwork: NetworkId,
  claims: ClaimContext,
): ImportedBridgeExitError['code'] | undefined {
  if (imported.bridgeExit.destNetwork !== originNetwork) return 'InvalidExitNetwork'
  return claimError(imported, claims)
}
