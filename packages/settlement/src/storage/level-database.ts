import { errorOf, isProgrammingError } from '@zkstack/concurrency'
import { Level } from 'level'
import type { BatchOperation, Database, KeyRange } from './database.js'
import { DatabaseUsers } from './database-users.js'
import {
  SettlementStorageError,
  type SettlementStorageErrorCode,
} from './settlement-storage-error.js'

const encodings = { keyEncoding: 'view', valueEncoding: 'view' } as const

/** How a {@link levelDatabase} is opened. */
export interface LevelDatabaseOptions {
  /** Whether to make the database if there is none; default true. */
  readonly createIfMissing?: boolean
}

/** A {@link Database} on disk. */
export interface LevelDatabase extends Database {
  /** LevelDB itself, for those who keep columns of their own in the same database, such as settlement jobs. */
  readonly level: Level<Uint8Array, Uint8Array>
}

/**
 * Opens the database in a folder; one process at a time.
 * @throws SettlementStorageError `STORAGE_LOCKED`, `STORAGE_CORRUPT`, `STORAGE_IO`
 */
export async function levelDatabase(
  path: string,
  { createIfMissing = true }: LevelDatabaseOptions = {},
): Promise<LevelDatabase> {
  const level = new Level<Uint8Array, Uint8Array>(path, { ...encodings, createIfMissing })
  await guarded(path, 'open', () => level.open())
  const users = new DatabaseUsers()
  return {
    level,
    getMany: (keys) =>
      guarded(path, 'read', async () => {
        const values: (Uint8Array | undefined)[] = await level.getMany([...keys])
        return values.map((value) => value && plain(value))
      }),
    write: (batch) => guarded(path, 'write', () => writeBatch(level, batch)),
    async *entries(range) {
      try {
        for await (const [key, value] of level.iterator(iteratorRange(range)))
          yield [plain(key), plain(value)] as const
      } catch (e) {
        throw storageError(e, path, 'read')
      }
    },
    use: (role) => users.add(role),
    close: () => level.close(),
  }
}

async function writeBatch(
  level: Level<Uint8Array, Uint8Array>,
  batch: readonly BatchOperation[],
): Promise<void> {
  await level.batch([...batch], { sync: true })
}

function iteratorRange(range: KeyRange | undefined): {
  gte?: Uint8Array
  lt?: Uint8Array
  reverse?: boolean
  limit?: number
} {
  if (range === undefined) return {}
  const { gte, lt, reverse = false, limit = -1 } = range
  return { gte, lt, reverse, limit }
}

async function guarded<T>(path: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (e) {
    throw storageError(e, path, doing)
  }
}

const meanings: readonly [RegExp, SettlementStorageErrorCode][] = [
  [/LEVEL_LOCKED/, 'STORAGE_LOCKED'],
  [/LEVEL_CORRUPTION/, 'STORAGE_CORRUPT'],
  [/LEVEL_DATABASE_NOT_OPEN|LEVEL_ITERATOR_NOT_OPEN/, 'STORAGE_CLOSED'],
]

function storageError(e: unknown, path: string, doing: string): SettlementStorageError {
  if (e instanceof SettlementStorageError) return e
  if (isProgrammingError(e)) throw e
  const cause = innermost(errorOf(e))
  const text = `${codeOf(errorOf(e))} ${codeOf(cause)} ${cause.message}`
  const code = meanings.find(([pattern]) => pattern.test(text))?.[1] ?? 'STORAGE_IO'
  const reason =
    code === 'STORAGE_LOCKED' ? 'another process, or this one, has it open' : cause.message
  const message = `${path}: could not ${doing}: ${reason}`
  return new SettlementStorageError(code, message, { cause: e })
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** No `Buffer` leaves this package. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
