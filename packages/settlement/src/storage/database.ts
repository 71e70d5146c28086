/** One change of a record; keys are those of the whole database, a column's name before them. */
export type BatchOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

/** Part of a database, by the order of the keys' bytes. */
export interface KeyRange {
  readonly gte: Uint8Array
  readonly lt: Uint8Array
  readonly reverse?: boolean
  readonly limit?: number
}

/** A record. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array]

/**
 * An ordered key-value store with atomic, durable batches: all that the storage of a settlement node is built on.
 * Failures are thrown as {@link SettlementStorageError}.
 */
export interface Database {
  /** The values of these keys, in their order; `undefined` where there is none. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>
  /** Makes all these changes or none of them; durable when it resolves. */
  write(batch: readonly BatchOperation[]): Promise<void>
  /** The records of a range, or of the whole database, as they were when the reading began. */
  entries(range?: KeyRange): AsyncIterable<Entry>
  /**
   * Takes the database for one user of a role, until that is disposed of. Absent: the embedder sees to it.
   * @throws SettlementStorageError `STORAGE_LOCKED` while another one has it
   */
  use?(role: string): Disposable
  /** Ends pending work and gives up the database. */
  close(): Promise<void>
}
