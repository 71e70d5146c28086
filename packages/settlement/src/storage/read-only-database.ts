import type { Database } from './database.js'
import { SettlementStorageError } from './settlement-storage-error.js'

/** The same database, which refuses to be changed. */
export function readOnlyDatabase(database: Database): Database {
  return {
    getMany: (keys) => database.getMany(keys),
    entries: (range) => database.entries(range),
    close: () => database.close(),
    async write() {
      throw new SettlementStorageError(
        'STORAGE_READ_ONLY',
        'the database was opened for inspection: nothing can be changed',
      )
    },
  }
}
