import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRandom, type Random } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import type { LevelStoreOptions } from '../level-store.js'
import { checkFiles } from '../leveldb-files/check-files.js'
import { StorageError } from '../storage-error.js'
import { checkedBody, checkedRecord, storedChecksum } from './checked-record.js'
import { Database } from './database.js'
import { diskError } from './disk-error.js'
import { decodeHead, encodeHead, noChecksum, storeIdBytes, type Head } from './head.js'
import type { Operation, RecordDatabase } from './record-database.js'
import {
  openWitnessFile,
  Witness,
  type Testimony,
  type WitnessContent,
  type WitnessFile,
} from './witness.js'

const ascii = (text: string) => new TextEncoder().encode(text)
const schemaKey = ascii('schema')
const headKey = ascii('head')
/** The layout that this version reads and writes. */
const schema = 'zkstack-store/1'

/** What a write may change in the head; the rest follows. */
export type HeadChange = Partial<Pick<Head, 'genesis' | 'first' | 'next' | 'tip' | 'states'>>

/** What a journal is made of. */
export interface JournalParts {
  /** Names the store in errors. */
  readonly path: string
  readonly database: RecordDatabase
  openFile(): Promise<WitnessFile>
  /** Where an empty store begins. Default 0. */
  readonly firstBlock: bigint | undefined
  /** Makes the id of a new store. Default: the platform's randomness. */
  readonly random?: Random
}

/**
 * The database and its witness: every write is one synced batch that replaces the head, then one synced line in the witness;
 * only then it is acknowledged.
 */
export class Journal {
  readonly database: RecordDatabase
  readonly #path: string
  readonly #witness: Witness
  #head: Head
  #checksum: Uint8Array
  #failure: StorageError | undefined

  private constructor(path: string, database: RecordDatabase, witness: Witness, root: Root) {
    this.#path = path
    this.database = database
    this.#witness = witness
    this.#head = root.head
    this.#checksum = root.checksum
  }

  /** Opens or creates both in a folder that exists. Throws StorageError. */
  static async open(path: string, o: LevelStoreOptions): Promise<Journal> {
    const databasePath = join(path, 'db')
    const witnessPath = join(path, 'witness')
    try {
      const fresh = await isNew(databasePath, witnessPath)
      if (!fresh && o.check !== 'quick') await checkFiles(databasePath)
      const database = await Database.open(databasePath, fresh)
      const openFile = (): Promise<WitnessFile> => openWitnessFile(witnessPath)
      return await Journal.on({ path, database, openFile, firstBlock: o.firstBlock })
    } catch (e) {
      throw diskError(e, path, 'open the store')
    }
  }

  /** Reads or begins the journal of an open database, and closes that when it cannot. Throws StorageError. */
  static async on(o: JournalParts): Promise<Journal> {
    const { path, database } = o
    return withCleanup(database, async () => {
      const { witness, content } = await Witness.read(await o.openFile(), path)
      return withCleanup(witness, async () => {
        const known = await readRoot(database, path)
        const root = known ?? (await create(content, o))
        await reconcile(root, content, witness, path)
        return new Journal(path, database, witness, root)
      })
    })
  }

  /** The root of what is durable and acknowledged. */
  get head(): Head {
    return this.#head
  }

  /**
   * Writes changes and the head that belongs to them; resolves once both are durable. Not to be called again before that.
   * A failure is final: nobody knows how much of it reached the disk, so every later write fails with the same error.
   */
  async commit(operations: readonly Operation[], change: HeadChange): Promise<void> {
    this.assertHealthy()
    const { storeId } = this.#head
    const head = nextHead(this.#head, change, this.#checksum)
    const { value, checksum } = checkedRecord('meta', headKey, encodeHead(head))
    try {
      await this.database.write([...operations, put(headKey, value)])
      await this.#witness.write({ storeId, sequence: head.sequence, checksum })
    } catch (e) {
      this.#failure = diskError(e, this.#path, 'write')
      throw this.#failure
    }
    this.#head = head
    this.#checksum = checksum
  }

  /** Throws the error of the write that failed, if one did: what was read before it may be older than what is on disk. */
  assertHealthy(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Closes both files. */
  async close(): Promise<void> {
    try {
      await this.#witness.close()
    } finally {
      await this.database.close()
    }
  }
}

/** Field by field: made for every write. */
function nextHead(old: Head, change: HeadChange, previous: Uint8Array): Head {
  return {
    sequence: old.sequence + 1n,
    storeId: old.storeId,
    previous,
    genesis: change.genesis ?? old.genesis,
    first: change.first ?? old.first,
    next: change.next ?? old.next,
    tip: change.tip ?? old.tip,
    states: change.states ?? old.states,
  }
}

interface Root {
  readonly head: Head
  readonly checksum: Uint8Array
}

const put = (key: Uint8Array, value: Uint8Array): Operation => ({
  type: 'put',
  table: 'meta',
  key,
  value,
})

async function withCleanup<T>(
  resource: { close(): Promise<void> },
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body()
  } catch (e) {
    await resource.close()
    throw e
  }
}

/**
 * Whether LevelDB may create a database here. It must not where one has been: without its file CURRENT it takes the folder for
 * empty, begins anew and deletes what it finds.
 */
async function isNew(databasePath: string, witnessPath: string): Promise<boolean> {
  const names = await unlessMissing(readdir(databasePath))
  if (names?.includes('CURRENT') === true) return false
  const witness = await unlessMissing(readFile(witnessPath))
  const hasWitness = witness?.some((byte) => byte !== 0) === true
  if (hasWitness || names?.some((name) => /\.(ldb|sst|log)$/.test(name)) === true) {
    throw new StorageError(
      'STORE_CORRUPT',
      `${databasePath}: the database's file CURRENT is missing`,
    )
  }
  return true
}

async function unlessMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT') return undefined
    throw e
  }
}

async function readRoot(database: RecordDatabase, path: string): Promise<Root | undefined> {
  const stored = await database.get('meta', schemaKey)
  if (stored === undefined) {
    if (await database.isEmpty()) return undefined
    throw new StorageError(
      'STORE_SCHEMA',
      `${path}: holds a database that is not one of ours, or has lost its schema`,
    )
  }
  const found = new TextDecoder().decode(checkedBody('meta', schemaKey, stored))
  if (found !== schema) {
    throw new StorageError(
      'STORE_SCHEMA',
      `${path}: has layout '${found}', this version knows '${schema}': use the version that wrote it`,
    )
  }
  const value = await database.get('meta', headKey)
  if (value === undefined)
    throw new StorageError('STORE_GAP', `${path}: the head record is missing`)
  return { head: decodeHead(checkedBody('meta', headKey, value)), checksum: storedChecksum(value) }
}

async function create(
  content: WitnessContent | undefined,
  { path, database, firstBlock = 0n, random = systemRandom }: JournalParts,
): Promise<Root> {
  if (content !== undefined) {
    throw new StorageError(
      'STORE_CORRUPT',
      `${path}: the database is empty, but the witness knows of ${content[0]?.sequence ?? 0n} writes`,
    )
  }
  const head: Head = {
    sequence: 0n,
    storeId: random.bytes(storeIdBytes),
    previous: noChecksum,
    genesis: undefined,
    first: firstBlock,
    next: firstBlock,
    tip: noChecksum,
    states: [],
  }
  const { value, checksum } = checkedRecord('meta', headKey, encodeHead(head))
  const { value: layout } = checkedRecord('meta', schemaKey, ascii(schema))
  await database.write([put(schemaKey, layout), put(headKey, value)])
  return { head, checksum }
}

/**
 * Compares the head with the witness. They are equal, or the head is one write ahead: a crash between the two, and the write was
 * not acknowledged, but going forward is always safe. Everything else means that acknowledged writes are gone, or that
 * database and witness do not belong together.
 */
async function reconcile(
  root: Root,
  content: WitnessContent | undefined,
  witness: Witness,
  path: string,
): Promise<void> {
  const { storeId, sequence, previous } = root.head
  const testimony: Testimony = { storeId, sequence, checksum: root.checksum }
  const newest = content?.[0]
  const corrupt = (message: string) =>
    new StorageError(
      'STORE_CORRUPT',
      `${path}: ${message}; do not vote with this validator key again before its epoch has ended, and start with a new folder`,
    )
  if (newest === undefined) {
    if (sequence > 0n) throw corrupt('the witness file is missing')
    return witness.write(testimony)
  }
  if (!bytesEqual(newest.storeId, storeId)) throw corrupt('the witness file is of another store')
  const written = `the database ends at write ${sequence}, the witness at ${newest.sequence}`
  if (sequence < newest.sequence) throw corrupt(`acknowledged writes are gone: ${written}`)
  if (sequence === newest.sequence && bytesEqual(newest.checksum, root.checksum)) return
  if (sequence === newest.sequence + 1n && bytesEqual(newest.checksum, previous)) {
    return witness.write(testimony)
  }
  throw corrupt(`database and witness contradict each other: ${written}`)
}
