import { bytesEqual, concatBytes } from '@zkstack/crypto'
import {
  EMPTY_LOCAL_NETWORK_STATE,
  openNetworkState,
  sameState,
  saveNetworkState,
  stateCommitment,
  type LocalNetworkState,
  type NetworkId,
  type NodeStore,
  type NodeWrite,
  type StateCommitment,
} from '@zkstack/pessimistic-proof'
import { columnPrefix } from './column.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { be32 } from './keys.js'
import type { StateHead } from './records.js'
import { SettlementStorageError } from './settlement-storage-error.js'

/** Where the trees' records go, by the first byte of their keys: e, b and n. */
const homes: ReadonlyMap<number, Uint8Array> = new Map([
  [0x65, columnPrefix(columns.exitTrees.name)],
  [0x62, columnPrefix(columns.balanceTrees.name)],
  [0x6e, columnPrefix(columns.nullifierTrees.name)],
])

function recordKey(networkId: NetworkId, key: Uint8Array): Uint8Array {
  const home = homes.get(key[0] ?? 0)
  if (home === undefined) throw new RangeError('key: of none of the three trees')
  return concatBytes(home, be32(networkId), key.subarray(1))
}

/** A network's three trees, as the pessimistic proof's package reads them, in the columns of a database. */
export function networkNodeStore(database: Database, networkId: NetworkId): NodeStore {
  return {
    get: (keys) => database.getMany(keys.map((key) => recordKey(networkId, key))),
    write: (batch) => database.write(inColumns(networkId, batch)),
  }
}

/** The changes that turn a network's stored state into another one. */
export async function stateChanges(
  networkId: NetworkId,
  change: { readonly before: LocalNetworkState; readonly after: LocalNetworkState },
): Promise<BatchOperation[]> {
  let collected: BatchOperation[] = []
  const collector: NodeStore = {
    get: async (keys) => keys.map(() => undefined),
    write: async (batch) => {
      collected = [...collected, ...inColumns(networkId, batch)]
    },
  }
  await saveNetworkState(collector, change)
  return collected
}

function inColumns(networkId: NetworkId, batch: readonly NodeWrite[]): BatchOperation[] {
  return batch.map((write) => ({ ...write, key: recordKey(networkId, write.key) }))
}

/**
 * A network's state, nothing of its sparse trees loaded, with its head; empty without one for a network that never settled.
 * @throws SettlementStorageError `STORAGE_CORRUPT` unless all three trees are there, and are those of the head, or all absent.
 */
export async function openNetworkTrees(
  database: Database,
  networkId: NetworkId,
): Promise<{ readonly state: LocalNetworkState; readonly head: StateHead | undefined }> {
  const head = await columns.stateHeads.get(database, networkId)
  const opened = await openNetworkState(networkNodeStore(database, networkId))
  if (!opened.ok) throw damaged(networkId, opened.error.code)
  const state = opened.value
  const expected = head?.commitment
  const isWhole =
    expected === undefined
      ? sameState(state, EMPTY_LOCAL_NETWORK_STATE)
      : sameCommitment(stateCommitment(state), expected)
  if (!isWhole) throw damaged(networkId, 'its trees are not those that were settled')
  return { state, head }
}

/** Whether two states are the same, as far as a pessimistic root commits to them. */
export function sameCommitment(a: StateCommitment, b: StateCommitment): boolean {
  return (
    a.lerLeafCount === b.lerLeafCount &&
    bytesEqual(a.exitRoot, b.exitRoot) &&
    bytesEqual(a.balanceRoot, b.balanceRoot) &&
    bytesEqual(a.nullifierRoot, b.nullifierRoot)
  )
}

function damaged(networkId: NetworkId, reason: string): SettlementStorageError {
  const message = `the state of network ${networkId} is damaged: ${reason}; restore a backup`
  return new SettlementStorageError('STORAGE_CORRUPT', message)
}
