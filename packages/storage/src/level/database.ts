import { Level } from 'level'
import { diskError } from './disk-error.js'
import {
  tables,
  type EntryRange,
  type Operation,
  type RecordDatabase,
  type Table,
  type TableEntry,
} from './record-database.js'

const encodings = { keyEncoding: 'view', valueEncoding: 'view' } as const
const options = {
  ...encodings,
  // Hashes and signatures do not compress, and payloads are for the execution layer to compress.
  compression: false,
  // A few of the largest payloads, so that they do not each make a file of their own.
  writeBufferSize: 16 * 1024 * 1024,
}

/** Entries read at once; bytes are bounded too. */
const entriesAtOnce = 1_000

const openSublevel = (level: Level<Uint8Array, Uint8Array>, table: Table) =>
  level.sublevel<Uint8Array, Uint8Array>(table, encodings)

/** LevelDB with our tables; every error is a StorageError, every value a plain `Uint8Array` of its own. */
export class Database implements RecordDatabase {
  readonly #path: string
  readonly #level: Level<Uint8Array, Uint8Array>
  readonly #tables: ReadonlyMap<Table, ReturnType<typeof openSublevel>>
  /** Where pieces of a value are joined: a batch copies what is put into it. */
  #joined = new Uint8Array()

  private constructor(path: string, level: Level<Uint8Array, Uint8Array>) {
    this.#path = path
    this.#level = level
    this.#tables = new Map(tables.map((table) => [table, openSublevel(level, table)]))
  }

  /** Opens the database in a folder, which takes its lock; `create` must be false where one has been. */
  static async open(path: string, create: boolean): Promise<Database> {
    const level = new Level<Uint8Array, Uint8Array>(path, { ...options, createIfMissing: create })
    try {
      await level.open()
    } catch (e) {
      throw diskError(e, path, 'open the database')
    }
    return new Database(path, level)
  }

  /** The value of a key; undefined when there is none. */
  async get(table: Table, key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      const value: Uint8Array | undefined = await this.#sublevel(table).get(key)
      return value === undefined ? undefined : plain(value)
    } catch (e) {
      throw diskError(e, this.#path, 'read')
    }
  }

  /** Applies all changes or none, and syncs them to disk. */
  async write(operations: readonly Operation[]): Promise<void> {
    try {
      // Operation by operation: an array of them is cloned by LevelDB's wrapper, which costs more than it writes.
      const batch = this.#level.batch()
      for (const operation of operations) {
        const key = this.#sublevel(operation.table).prefixKey(operation.key, 'view', true)
        if (operation.type === 'put') batch.put(key, this.#inOnePiece(operation.value))
        else batch.del(key)
      }
      await batch.write({ sync: true })
    } catch (e) {
      throw diskError(e, this.#path, 'write')
    }
  }

  /** The entries of a table in the order of their keys. */
  async *entries(table: Table, range?: EntryRange): AsyncGenerator<TableEntry, void, undefined> {
    for await (const run of this.entryRuns(table, range)) yield* run
  }

  /** {@link entries}, as many at a time as are read at once. */
  async *entryRuns(
    table: Table,
    { bytesAtOnce, ...range }: EntryRange = {},
  ): AsyncGenerator<readonly TableEntry[], void, undefined> {
    try {
      const highWaterMark = bytesAtOnce === undefined ? {} : { highWaterMarkBytes: bytesAtOnce }
      await using iterator = this.#sublevel(table).iterator({ ...range, ...highWaterMark })
      for (;;) {
        const run = await iterator.nextv(entriesAtOnce)
        if (run.length === 0) return
        yield run.map(([key, value]) => [plain(key), plain(value)] as const)
      }
    } catch (e) {
      throw diskError(e, this.#path, 'read')
    }
  }

  /** Whether no table has an entry. */
  async isEmpty(): Promise<boolean> {
    try {
      return (await this.#level.keys({ limit: 1 }).all()).length === 0
    } catch (e) {
      throw diskError(e, this.#path, 'read')
    }
  }

  /** Ends pending work and gives up the lock. */
  async close(): Promise<void> {
    await this.#level.close()
  }

  /** The value, good until the next one is asked for. */
  #inOnePiece(value: Uint8Array | readonly Uint8Array[]): Uint8Array {
    if (value instanceof Uint8Array) return value
    const [only] = value
    if (only && value.length === 1) return only
    const length = value.reduce((sum, piece) => sum + piece.length, 0)
    if (length > this.#joined.length) this.#joined = new Uint8Array(length)
    let at = 0
    for (const piece of value) {
      this.#joined.set(piece, at)
      at += piece.length
    }
    return this.#joined.subarray(0, length)
  }

  #sublevel(table: Table): ReturnType<typeof openSublevel> {
    const sublevel = this.#tables.get(table)
    if (sublevel === undefined) throw new TypeError(`table: there is no '${table}'`)
    return sublevel
  }
}

/** No `Buffer` leaves this package. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
