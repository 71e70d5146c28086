import { compareBytes, toHex } from '@zkstack/crypto'
import type { BatchOperation, Database, Entry, KeyRange } from './database.js'
import { DatabaseUsers } from './database-users.js'
import { SettlementStorageError } from './settlement-storage-error.js'

/** A database that forgets when the process ends: for tests, development and reading backups. */
export function memoryDatabase(entries: Iterable<Entry> = []): Database {
  const records = new Map<string, Entry>()
  for (const [key, value] of entries) records.set(toHex(key), [key.slice(), value.slice()])
  const users = new DatabaseUsers()
  let isClosed = false
  const checkOpen = (): void => {
    if (isClosed) throw new SettlementStorageError('STORAGE_CLOSED', 'the database is closed')
  }
  return {
    async getMany(keys) {
      checkOpen()
      return keys.map((key) => records.get(toHex(key))?.[1].slice())
    },
    async write(batch) {
      checkOpen()
      for (const operation of batch) applyTo(records, operation)
    },
    async *entries(range) {
      checkOpen()
      yield* selected([...records.values()], range)
    },
    use: (role) => users.add(role),
    async close() {
      isClosed = true
    },
  }
}

function applyTo(records: Map<string, Entry>, operation: BatchOperation): void {
  const { type, key } = operation
  if (type === 'put') records.set(toHex(key), [key.slice(), operation.value.slice()])
  else records.delete(toHex(key))
}

function selected(entries: readonly Entry[], range: KeyRange | undefined): Entry[] {
  const inside = entries
    .filter(
      ([key]) =>
        range === undefined ||
        (compareBytes(key, range.gte) >= 0 && compareBytes(key, range.lt) < 0),
    )
    .sort(([a], [b]) => compareBytes(a, b))
  if (range?.reverse === true) inside.reverse()
  const { limit } = range ?? {}
  return (limit === undefined ? inside : inside.slice(0, limit)).map(
    ([key, value]) => [key.slice(), value.slice()] as const,
  )
}
