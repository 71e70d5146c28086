import { ZkStackError } from '@zkstack/concurrency'

/**
 * Codes of a {@link StorageError}.
 *
 * - `STORE_CORRUPT`: a record's checksum is wrong, or writes that were acknowledged are gone. Do not go on voting.
 * - `STORE_GAP`: a record that must be there is missing, or a chain of digests is broken.
 * - `STORE_LOCKED`: another process, or this one, has the store open.
 * - `STORE_SCHEMA`: the path holds something else, or a layout that this version does not know.
 * - `STORE_PATH`: the path cannot be used: a file, a missing parent, or not allowed to read or write.
 * - `STORE_FULL`: the disk has no room.
 * - `STORE_IO`: any other failure of the disk; `cause` tells.
 * - `STORE_UNBOUND`: written to before `open(genesis)` succeeded.
 * - `STORE_CLOSED`: used after it was closed.
 * - `STORE_ORDER`: a block was appended out of order.
 * - `STORE_CONFLICT`: two different blocks claim one height; the message names both hashes.
 * - `STORE_EPOCH`: a replica state of an epoch that has been left behind.
 * - `STORE_PAYLOAD`: the execution layer's payload is missing or is not the certified one (`splitStore`).
 */
export type StorageErrorCode =
  | 'STORE_CORRUPT'
  | 'STORE_GAP'
  | 'STORE_LOCKED'
  | 'STORE_SCHEMA'
  | 'STORE_PATH'
  | 'STORE_FULL'
  | 'STORE_IO'
  | 'STORE_UNBOUND'
  | 'STORE_CLOSED'
  | 'STORE_ORDER'
  | 'STORE_CONFLICT'
  | 'STORE_EPOCH'
  | 'STORE_PAYLOAD'

/** A store failed or refuses; fatal for whoever depends on the write. `message` says what to do. */
export class StorageError extends ZkStackError {
  declare readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, o?: { readonly cause?: unknown }) {
    super(code, message, o)
  }
}
