import { columns } from './columns.js'
import type { BatchOperation, Database } from './database.js'

/** How much of the past is kept. */
export interface Retention {
  /** Packed epochs whose certificates and proofs are kept in full; headers are kept for ever. Default: all. */
  readonly epochs?: bigint
}

/** Records deleted in one write. */
const batchSize = 256

/** Deletes certificates and proofs of old epochs, some at a time, and tells how many records went. */
export async function prune(database: Database, { epochs }: Retention): Promise<number> {
  const latest = await columns.latestSettledEpoch.get(database, 'latestSettledEpoch')
  if (epochs === undefined || latest === undefined) return 0
  const keepFrom = latest + 1n - epochs
  let deleted = 0
  for (const column of [columns.epochCertificates, columns.epochProofs]) {
    let batch: BatchOperation[] = []
    for await (const [at] of column.entries(database)) {
      if (at.epoch >= keepFrom) break
      batch.push(column.del(at))
      if (batch.length < batchSize) continue
      await database.write(batch)
      deleted += batch.length
      batch = []
    }
    if (batch.length > 0) await database.write(batch)
    deleted += batch.length
  }
  return deleted
}
