import type { NetworkId } from '@zkstack/pessimistic-proof'
import { emptyEpoch, type EpochCheckpoint, type OpenEpoch } from '../epochs/open-epoch.js'
import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'
import { be64 } from './keys.js'

/** What an epoch holds, from its records. */
export async function readEpoch(database: Database, number: bigint): Promise<OpenEpoch> {
  const prefix = be64(number)
  const ends = new Map<NetworkId, bigint>()
  for await (const [{ networkId }, end] of columns.endCheckpoints.entries(database, { prefix }))
    ends.set(networkId, end)
  const checkpoints = new Map<NetworkId, EpochCheckpoint>()
  let nextIndex = 0n
  for await (const [{ networkId }, start] of columns.startCheckpoints.entries(database, {
    prefix,
  })) {
    const end = ends.get(networkId) ?? start
    checkpoints.set(networkId, { start, end })
    nextIndex += end - start + 1n
  }
  return checkpoints.size === 0 ? emptyEpoch(number) : { number, nextIndex, checkpoints }
}

/** The changes that note a certificate of a network in an epoch. */
export function checkpointChanges(
  { number: epoch, checkpoints }: OpenEpoch,
  networkId: NetworkId,
): BatchOperation[] {
  const checkpoint = checkpoints.get(networkId)
  if (checkpoint === undefined) return []
  return [
    columns.startCheckpoints.put({ epoch, networkId }, checkpoint.start),
    columns.endCheckpoints.put({ epoch, networkId }, checkpoint.end),
  ]
}
