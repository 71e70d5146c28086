/** The parts of the database; each is a sublevel. */
export const tables = [
  'meta',
  'state',
  'block',
  'cert',
  'payload',
  'epoch',
  'address',
  'mark',
] as const

/** Name of a part of the database. */
export type Table = (typeof tables)[number]

/** One change of a batch. */
export type Operation =
  | {
      readonly type: 'put'
      readonly table: Table
      readonly key: Uint8Array
      /** In one piece or in several; not to be changed before it is written. */
      readonly value: Uint8Array | readonly Uint8Array[]
    }
  | { readonly type: 'del'; readonly table: Table; readonly key: Uint8Array }

/** What a table has under a key; both are not to be changed. */
export type TableEntry = readonly [key: Uint8Array, value: Uint8Array]

/** Which entries to read, by key. */
export interface EntryRange {
  readonly gte?: Uint8Array
  readonly lt?: Uint8Array
  readonly reverse?: boolean
  /** Bytes that may be read ahead; a single entry may be larger. Default 16 KiB. */
  readonly bytesAtOnce?: number
}

/** What a journal needs of a database: LevelDB, or a disk of a simulation. Every error is a StorageError. */
export interface RecordDatabase {
  /** The value of a key, not to be changed; undefined when there is none. */
  get(table: Table, key: Uint8Array): Promise<Uint8Array | undefined>
  /** Applies all changes or none, and syncs them to disk. */
  write(operations: readonly Operation[]): Promise<void>
  /** The entries of a table in the order of their keys. */
  entries(table: Table, range?: EntryRange): AsyncIterable<TableEntry>
  /** {@link entries}, as many at a time as are read at once; no run is empty. */
  entryRuns(table: Table, range?: EntryRange): AsyncIterable<readonly TableEntry[]>
  /** Whether no table has an entry. */
  isEmpty(): Promise<boolean>
  /** Ends pending work and gives up the lock. */
  close(): Promise<void>
}
