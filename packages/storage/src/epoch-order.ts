import { bytesEqual } from '@zkstack/crypto'
import type { EpochRecord } from '@zkstack/roles'
import { StorageError } from './storage-error.js'

/**
 * Checks that the record of an epoch may be saved.
 *
 * @param latest the highest epoch with a record.
 * @param known the record that the epoch has already; it may only get its certificate.
 * @throws StorageError `STORE_ORDER`, `STORE_CONFLICT`.
 */
export function assertEpochFollows(
  record: EpochRecord,
  latest: bigint | undefined,
  known: EpochRecord | undefined,
): void {
  const { epoch } = record
  if (known !== undefined) {
    if (isSameEpoch(known, record)) return
    throw new StorageError(
      'STORE_CONFLICT',
      `epoch ${epoch} is stored with another committee or first block than the one given`,
    )
  }
  if (latest === undefined || epoch === latest + 1n) return
  throw new StorageError(
    'STORE_ORDER',
    `epoch ${epoch} was saved, but the next one is ${latest + 1n}`,
  )
}

function isSameEpoch(a: EpochRecord, b: EpochRecord): boolean {
  return a.firstBlock === b.firstBlock && bytesEqual(a.schedule.hash, b.schedule.hash)
}
