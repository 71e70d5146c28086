import { yieldTurn, type Random } from '@zkstack/concurrency'
import { concatBytes } from '@zkstack/crypto'
import { Journal } from '../src/level/journal.js'
import { storeOn } from '../src/level/open-level-store.js'
import {
  tables,
  type EntryRange,
  type Operation,
  type RecordDatabase,
  type Table,
  type TableEntry,
} from '../src/level/record-database.js'
import { witnessBytes, type WitnessFile } from '../src/level/witness.js'
import type { NodeStore } from '../src/store.js'

/** A write on its way to a {@link SimulatedDisk}: until one of its methods is called, nothing of it is there. */
export interface DiskWrite {
  /** One batch of the database, or one sector of the witness file. */
  readonly target: 'database' | 'witness'
  readonly bytes: number
  /** All of it becomes durable. */
  apply(): void
  /**
   * The power goes in the middle of it. Of a sector the first half is new. Of a batch the log has the first half, which
   * LevelDB drops when it opens the log: its records carry checksums.
   */
  tear(): void
}

/** What {@link SimulatedDisk.open} takes. */
export interface SimulatedDiskOptions {
  /** Makes the id of a new store. */
  readonly random: Random
  /** Where an empty store begins. Default: the genesis' first block. */
  readonly firstBlock?: bigint
  /** Lets others have their turns while a large payload is hashed. Default: the event loop's next turn. */
  readonly yieldTurn?: () => Promise<void>
  /** Decides about each write; it is acknowledged when this resolves. Default: applied at once. */
  readonly onWrite?: (write: DiskWrite) => Promise<void>
}

/**
 * A disk in memory under the store of production: the journal, the tables and the witness of `levelStore` run on it as they
 * do on LevelDB. What was applied is there at the next `open`; stores that were left open are forgotten, as with a power cut.
 */
export class SimulatedDisk {
  readonly #records = new Map<Table, Map<string, StoredRecord>>(
    tables.map((table) => [table, new Map<string, StoredRecord>()]),
  )
  readonly #sectors = new Uint8Array(witnessBytes)

  /** Opens the store that is on the disk, or begins one. @throws StorageError as `levelStore` does. */
  async open(o: SimulatedDiskOptions): Promise<NodeStore> {
    const path = 'simulated disk'
    const onWrite = o.onWrite ?? applyAtOnce
    const journal = await Journal.on({
      path,
      database: this.#database(onWrite),
      openFile: () => Promise.resolve(this.#witness(onWrite)),
      firstBlock: o.firstBlock,
      random: o.random,
    })
    const options = o.firstBlock === undefined ? {} : { firstBlock: o.firstBlock }
    return storeOn(journal, {
      path,
      options,
      yieldTurn: o.yieldTurn ?? yieldTurn,
      unlock: () => Promise.resolve(),
    })
  }

  #database(onWrite: (write: DiskWrite) => Promise<void>): RecordDatabase {
    const recordsOf = (table: Table): Map<string, StoredRecord> => {
      const records = this.#records.get(table)
      if (records === undefined) throw new TypeError(`table: there is no '${table}'`)
      return records
    }
    return {
      get: (table, key) => Promise.resolve(recordsOf(table).get(nameOf(key))?.value.slice()),
      write: (operations) => {
        const changes = operations.map(changeOf)
        return onWrite({
          target: 'database',
          bytes: changes.reduce((sum, { bytes }) => sum + bytes, 0),
          apply: () => {
            for (const { table, name, record } of changes) {
              if (record === undefined) recordsOf(table).delete(name)
              else recordsOf(table).set(name, record)
            }
          },
          tear: () => undefined,
        })
      },
      entries: (table, range) => entriesOf(recordsOf(table), range),
      entryRuns: (table, range) => runOf(entriesOf(recordsOf(table), range)),
      isEmpty: () =>
        Promise.resolve([...this.#records.values()].every((records) => records.size === 0)),
      close: () => Promise.resolve(),
    }
  }

  #witness(onWrite: (write: DiskWrite) => Promise<void>): WitnessFile {
    return {
      read: () => Promise.resolve(this.#sectors.slice()),
      write: (sector, position) =>
        onWrite({
          target: 'witness',
          bytes: sector.length,
          apply: () => {
            this.#sectors.set(sector, position)
          },
          tear: () => {
            this.#sectors.set(sector.subarray(0, tornBytes), position)
          },
        }),
      close: () => Promise.resolve(),
    }
  }
}

interface StoredRecord {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** How much of a torn sector is new: within the record, which fills only the start of its sector. */
const tornBytes = 48

function applyAtOnce(write: DiskWrite): Promise<void> {
  write.apply()
  return Promise.resolve()
}

/** A character for each byte: sorts as the bytes do. Asks a short key for no buffer: it would get one made for it. */
function nameOf(key: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, key) as string
}

/** What an operation does to the records of its table; nothing takes the record away. */
interface RecordChange {
  readonly table: Table
  readonly name: string
  readonly record: StoredRecord | undefined
  readonly bytes: number
}

function changeOf(operation: Operation): RecordChange {
  const { table, key } = operation
  const name = nameOf(key)
  if (operation.type === 'del') return { table, name, record: undefined, bytes: key.length }
  const value = inOnePiece(operation.value)
  return { table, name, record: { key, value }, bytes: key.length + value.length }
}

function inOnePiece(value: Uint8Array | readonly Uint8Array[]): Uint8Array {
  return value instanceof Uint8Array ? value : concatBytes(...value)
}

async function* entriesOf(
  records: ReadonlyMap<string, StoredRecord>,
  range: EntryRange = {},
): AsyncGenerator<TableEntry, void, undefined> {
  const from = range.gte && nameOf(range.gte)
  const to = range.lt && nameOf(range.lt)
  const names = [...records.keys()]
    .filter((name) => (from === undefined || name >= from) && (to === undefined || name < to))
    .sort()
  if (range.reverse === true) names.reverse()
  for (const name of names) {
    const record = records.get(name)
    if (record !== undefined) yield [record.key.slice(), record.value.slice()]
  }
}

/** All at once. */
async function* runOf(
  entries: AsyncIterable<TableEntry>,
): AsyncGenerator<readonly TableEntry[], void, undefined> {
  const run: TableEntry[] = []
  for await (const entry of entries) run.push(entry)
  if (run.length > 0) yield run
}
