import { toHex } from '@zkstack/crypto'
import type { BatchOperation, JobStore, KeyRange } from '../src/jobs/store/job-store.js'

/** One requirement: `run` rejects when it is not met. Any test framework, or none, can run it. */
export interface JobStoreCase {
  readonly name: string
  run(): Promise<void>
}

const key = (...bytes: readonly number[]) => Uint8Array.from(bytes)
const put = (table: string, at: Uint8Array, value = key(1)): BatchOperation => ({
  type: 'put',
  table,
  key: at,
  value,
})

/** What transaction managers rely on; `create` makes an empty store. */
export function jobStoreCompliance(create: () => Promise<JobStore>): readonly JobStoreCase[] {
  const cases: Readonly<Record<string, (store: JobStore) => Promise<void>>> = {
    'a value › read as it was written, the newest one, until it is deleted': async (store) => {
      const at = key(0, 255)
      await store.write([put('a', at, key()), put('b', at, key(2))])
      same(await store.get('a', at), key(), 'an empty value')
      await store.write([put('a', at, key(3))])
      same(await store.get('a', at), key(3), 'the newest value')
      await store.write([{ type: 'del', table: 'a', key: at }])
      same(await store.get('a', at), undefined, 'a deleted value')
      same(await store.get('b', at), key(2), 'the same key of another table')
    },
    'what was written › is not changed by whoever wrote or read it': async (store) => {
      const value = key(1)
      await store.write([put('a', key(1), value)])
      value.fill(9)
      const read = await store.get('a', key(1))
      read?.fill(8)
      same(await store.get('a', key(1)), key(1), 'the value')
    },
    'an insert of a key that is there › refused with all of its batch': async (store) => {
      await store.write([put('a', key(1))])
      const insert: BatchOperation = { type: 'insert', table: 'a', key: key(1), value: key(2) }
      const refused = await store.write([put('a', key(2)), insert])
      const names = !refused.ok && refused.error.table === 'a' && refused.error.key[0] === 1
      demand(names, 'the refusal names the key')
      same(await store.get('a', key(1)), key(1), 'the value that was there')
      same(await store.get('a', key(2)), undefined, 'the rest of the batch')
    },
    'inserts of one key at the same time › one succeeds': async (store) => {
      const insert = (n: number): BatchOperation => ({
        type: 'insert',
        table: 'a',
        key: key(1),
        value: key(n),
      })
      const written = await Promise.all([1, 2, 3].map((n) => store.write([insert(n)])))
      demand(written.filter(({ ok }) => ok).length === 1, 'one of three inserts succeeds')
    },
    'entries › in the order of their keys, within their bounds, of their table alone': async (
      store,
    ) => {
      const keys = [key(2), key(1, 255), key(1), key(255), key(1, 0)]
      await store.write([...keys.map((at) => put('b', at)), put('a', key(1)), put('c', key(1))])
      same(await keysOf(store, {}), '01 0100 01ff 02 ff', 'all keys')
      same(await keysOf(store, { gte: key(1, 0), lt: key(2) }), '0100 01ff', 'a range')
      same(await keysOf(store, { reverse: true, limit: 2 }), 'ff 02', 'the highest two')
      const below = { gte: key(1), lt: key(2), reverse: true, limit: 1 }
      same(await keysOf(store, below), '01ff', 'the highest of a range')
      same(await keysOf(store, { gte: key(3), lt: key(4) }), '', 'an empty range')
    },
    'a reader that stops early › disturbs nothing': async (store) => {
      await store.write([put('b', key(1)), put('b', key(2))])
      for await (const _ of store.entries('b', {})) break
      await store.write([put('b', key(3))])
      same(await keysOf(store, {}), '01 02 03', 'all keys')
    },
  }
  return Object.entries(cases).map(([name, run]) => ({
    name,
    run: async () => {
      await run(await create())
    },
  }))
}

async function keysOf(store: JobStore, range: KeyRange): Promise<string> {
  const keys: string[] = []
  for await (const [at] of store.entries('b', range)) keys.push(toHex(at))
  return keys.join(' ')
}

function same(
  got: Uint8Array | string | undefined,
  wanted: Uint8Array | string | undefined,
  what: string,
): void {
  const [is, should] = [got, wanted].map((v) => (v instanceof Uint8Array ? toHex(v) : v))
  demand(is === should, `${what}: expected ${should ?? 'nothing'}, got ${is ?? 'nothing'}`)
}

function demand(condition: boolean, requirement: string): asserts condition {
  if (!condition) throw new Error(requirement)
}
