import { compareBytes, err, fromHex, ok, toHex } from '@zkstack/crypto'
import type { BatchOperation, JobStore, KeyRange } from './job-store.js'

/** A store that forgets, for tests and for chains that need no memory. */
export function memoryJobStore(): JobStore {
  const tables = new Map<string, Map<string, Uint8Array>>()
  const tableOf = (name: string) => {
    const table = tables.get(name) ?? new Map<string, Uint8Array>()
    tables.set(name, table)
    return table
  }
  return {
    get: async (table, key) => tableOf(table).get(toHex(key))?.slice(),
    async *entries(table, range) {
      for (const [key, value] of selected(tableOf(table), range))
        yield [key, value.slice()] as const
    },
    write: async (batch) => {
      const present = batch.find(
        ({ type, table, key }) => type === 'insert' && tableOf(table).has(toHex(key)),
      )
      if (present !== undefined) {
        return err({ code: 'ALREADY_PRESENT', table: present.table, key: present.key })
      }
      for (const operation of batch) apply(tableOf(operation.table), operation)
      return ok(undefined)
    },
  }
}

function apply(table: Map<string, Uint8Array>, operation: BatchOperation): void {
  const key = toHex(operation.key)
  if (operation.type === 'del') table.delete(key)
  else table.set(key, operation.value.slice())
}

function selected(
  table: ReadonlyMap<string, Uint8Array>,
  { gte, lt, reverse, limit }: KeyRange,
): (readonly [Uint8Array, Uint8Array])[] {
  const all = [...table]
    .map(([key, value]) => [fromHex(key) ?? new Uint8Array(), value] as const)
    .filter(([key]) => gte === undefined || compareBytes(key, gte) >= 0)
    .filter(([key]) => lt === undefined || compareBytes(key, lt) < 0)
    .sort(([a], [b]) => compareBytes(a, b))
  if (reverse === true) all.reverse()
  return limit === undefined ? all : all.slice(0, limit)
}
