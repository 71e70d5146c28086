import { ZkStackError } from '@zkstack/concurrency'

/**
 * - `STORAGE_LOCKED`: another process, or this one, has the database open.
 * - `STORAGE_CORRUPT`: a record has not the form that it was written in, or files are damaged.
 * - `STORAGE_SCHEMA`: the database is another program's, or of a newer version.
 * - `STORAGE_INVARIANT`: a change would contradict what is stored; nothing was written.
 * - `STORAGE_BACKUP`: a backup is missing, incomplete or altered.
 * - `STORAGE_READ_ONLY`: the database was opened for reading.
 * - `STORAGE_CLOSED`: the database is closed.
 * - `STORAGE_IO`: the disk failed, or is full.
 */
export type SettlementStorageErrorCode =
  | 'STORAGE_LOCKED'
  | 'STORAGE_CORRUPT'
  | 'STORAGE_SCHEMA'
  | 'STORAGE_INVARIANT'
  | 'STORAGE_BACKUP'
  | 'STORAGE_READ_ONLY'
  | 'STORAGE_CLOSED'
  | 'STORAGE_IO'

/** Thrown when storage fails; whatever was acknowledged before is kept. */
export class SettlementStorageError extends ZkStackError {
  declare readonly code: SettlementStorageErrorCode

  constructor(code: SettlementStorageErrorCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}

/** A record that cannot be read. */
export function corruptRecord(column: string, reason: string): SettlementStorageError {
  return new SettlementStorageError('STORAGE_CORRUPT', `a record of ${column}: ${reason}`)
}

/** A change that must not be made. */
export function brokenInvariant(message: string): SettlementStorageError {
  return new SettlementStorageError('STORAGE_INVARIANT', message)
}
