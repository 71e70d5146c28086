import { Semaphore } from '@zkstack/concurrency'
import { concatBytes, err, ok } from '@zkstack/crypto'
import type { JobStore } from '@zkstack/l1'
import { columnPrefix, prefixEnd } from './column.js'
import type { Database } from './database.js'

/**
 * The place for settlement jobs in a settlement node's database, beside the certificates, so that a job and the link to its
 * certificate are written in one batch.
 */
export function jobStoreIn(database: Database): JobStore {
  const keyOf = (table: string, key: Uint8Array) => concatBytes(columnPrefix(table), key)
  // An insert looks and then writes: nothing may come in between.
  const turn = new Semaphore(1)
  return {
    async get(table, key) {
      const [value] = await database.getMany([keyOf(table, key)])
      return value
    },
    async *entries(table, { gte, lt, ...rest }) {
      const prefix = columnPrefix(table)
      const range = {
        ...rest,
        gte: gte === undefined ? prefix : keyOf(table, gte),
        lt: lt === undefined ? prefixEnd(prefix) : keyOf(table, lt),
      }
      for await (const [key, value] of database.entries(range))
        yield [key.slice(prefix.length), value] as const
    },
    async write(batch) {
      using _turn = await turn.acquire()
      for (const { type, table, key } of batch) {
        if (type !== 'insert') continue
        const [present] = await database.getMany([keyOf(table, key)])
        if (present !== undefined) return err({ code: 'ALREADY_PRESENT', table, key })
      }
      await database.write(
        batch.map((operation) => {
          const key = keyOf(operation.table, operation.key)
          return operation.type === 'del'
            ? { type: 'del', key }
            : { type: 'put', key, value: operation.value }
        }),
      )
      return ok(undefined)
    },
  }
}
