import {
  address,
  BALANCE_TREE_DEPTH,
  BalanceTree,
  balanceKey,
  compareTokens,
  loadPaths,
  type NetworkId,
  type SparseKey,
  type TokenInfo,
} from '@zkstack/pessimistic-proof'
import { columns } from './columns.js'
import type { Database } from './database.js'
import { be32 } from './keys.js'
import { networkNodeStore, openNetworkTrees } from './network-trees.js'
import { corruptRecord } from './settlement-storage-error.js'

/** What a network holds of a token. */
export interface TokenBalance {
  readonly token: TokenInfo
  /** Unsigned 256-bit number. */
  readonly amount: bigint
}

/** Where the records of balance trees are, as network-trees.ts reads them: `b`. */
const place = { depth: BALANCE_TREE_DEPTH, prefix: Uint8Array.of(0x62) }

/**
 * What a network holds of a token, or of every token that it has, after its newest settled certificate. Only what hashes to the
 * settled root is believed.
 * @throws SettlementStorageError `STORAGE_CORRUPT`
 */
export async function readTokenBalances(
  database: Database,
  networkId: NetworkId,
  token?: TokenInfo,
): Promise<readonly TokenBalance[]> {
  const { state, head } = await openNetworkTrees(database, networkId)
  if (head === undefined) return []
  const tokens = token === undefined ? await storedTokens(database, networkId) : [token]
  const loaded = await loadPaths(state.balanceTree.tree, {
    store: networkNodeStore(database, networkId),
    place,
    keys: tokens.map(balanceKey),
  })
  if (!loaded.ok) throw corruptRecord(`the balances of network ${networkId}`, loaded.error.code)
  const tree = new BalanceTree(loaded.value)
  const balances = tokens.map((own) => ({ token: own, amount: tree.get(own) }))
  return token === undefined ? balances.filter(({ amount }) => amount > 0n) : balances
}

/** The tokens of all leaves. */
async function storedTokens(database: Database, networkId: NetworkId): Promise<TokenInfo[]> {
  const tokens: TokenInfo[] = []
  const leaves = Uint8Array.of(...be32(networkId), BALANCE_TREE_DEPTH)
  for await (const [{ record }] of columns.balanceTrees.entries(database, { prefix: leaves }))
    tokens.push(tokenOf(record.subarray(1)))
  return tokens.sort(compareTokens)
}

/** The token of a balance's key: u32 LE network ‖ address. */
function tokenOf(key: SparseKey): TokenInfo {
  return {
    originNetwork: new DataView(key.buffer, key.byteOffset).getUint32(0, true),
    originTokenAddress: address(new Uint8Array(key.subarray(4))),
  }
}
