import { Semaphore } from '@zkstack/concurrency'
import { err, ok } from '@zkstack/crypto'
import { StorageError } from '@zkstack/storage'
import type { Level } from 'level'
import type { BatchOperation, JobStore } from './job-store.js'

const encodings = { keyEncoding: 'view', valueEncoding: 'view' } as const

/** Any database of the `level` family. */
type Database = Pick<Level<Uint8Array, Uint8Array>, 'batch' | 'sublevel'>

/**
 * Keeps jobs in an open LevelDB, a sublevel for each table; whoever opened the database closes it. Every batch is synced to disk
 * before it counts.
 *
 * Calls reject with a StorageError `STORE_IO` when the disk or the database fails.
 */
export function levelJobStore(database: Database): JobStore {
  const sublevels = new Map<string, ReturnType<typeof open>>()
  const open = (table: string) => database.sublevel<Uint8Array, Uint8Array>(table, encodings)
  const sublevelOf = (table: string) => {
    const sublevel = sublevels.get(table) ?? open(table)
    sublevels.set(table, sublevel)
    return sublevel
  }
  const get = async (table: string, key: Uint8Array) => {
    const value: Uint8Array | undefined = await onDisk('read', sublevelOf(table).get(key))
    return value === undefined ? undefined : plain(value)
  }
  const inChain = (operation: BatchOperation) => {
    const key = sublevelOf(operation.table).prefixKey(operation.key, 'view', true)
    return operation.type === 'del'
      ? { type: 'del' as const, key, ...encodings }
      : { type: 'put' as const, key, value: operation.value, ...encodings }
  }
  // An insert looks and then writes: nothing may come in between.
  const turn = new Semaphore(1)
  return {
    get,
    async *entries(table, range) {
      const iterator = sublevelOf(table).iterator(range)
      try {
        for (;;) {
          const entry = await onDisk('read', iterator.next())
          if (entry === undefined) return
          yield [plain(entry[0]), plain(entry[1])] as const
        }
      } finally {
        await iterator.close()
      }
    },
    async write(batch) {
      using _turn = await turn.acquire()
      for (const { type, table, key } of batch) {
        if (type === 'insert' && (await get(table, key)) !== undefined) {
          return err({ code: 'ALREADY_PRESENT', table, key })
        }
      }
      await onDisk('write', database.batch(batch.map(inChain), { sync: true }))
      return ok(undefined)
    },
  }
}

async function onDisk<T>(doing: string, done: Promise<T>): Promise<T> {
  try {
    return await done
  } catch (e) {
    throw new StorageError('STORE_IO', `could not ${doing} settlement jobs: ${String(e)}`, {
      cause: e,
    })
  }
}

/** No `Buffer` leaves this package. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
