import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  levelStore,
  memoryStore,
  splitStore,
  type NodeStore,
  type PayloadSource,
} from '../../src/index.js'
import { storeCompliance, TestChain } from '../../testing/index.js'
import { temporaryFolder } from './temporary-folder.js'

const root = await temporaryFolder()

/** An execution layer's database. */
function mapSource() {
  const rows = new Map<bigint, Uint8Array>()
  const source: PayloadSource = {
    get: async (n) => rows.get(n),
    put: async (n, payload) => void rows.set(n, payload),
    prune: async (before) => {
      for (const n of rows.keys()) if (n < before) rows.delete(n)
    },
  }
  return { rows, source }
}

describe('split store over a level store', () => {
  const made = new WeakMap<NodeStore, { path: string; source: PayloadSource }>()
  const openAt = async (
    path: string,
    source: PayloadSource,
    o: { readonly firstBlock?: bigint } = {},
  ) => {
    const certificates = await levelStore(path, {
      ...o,
      payloads: 'elsewhere',
      check: 'everything',
    })
    const store = splitStore({ payloads: source, certificates })
    made.set(store, { path, source })
    return store
  }
  let count = 0
  const suite = storeCompliance({
    create: (o) => openAt(join(root, String(count++)), mapSource().source, o),
    reopen: async (store) => {
      const { path, source } = made.get(store) ?? { path: '', source: mapSource().source }
      await store[Symbol.asyncDispose]()
      return openAt(path, source)
    },
  })
  for (const { name, run } of suite) it(name, run)
})

describe('split store', () => {
  const chain = new TestChain()
  const open = async () => {
    const { rows, source } = mapSource()
    const store = splitStore({
      payloads: source,
      certificates: await levelStore(join(root, `split-${Math.random()}`), {
        payloads: 'elsewhere',
      }),
    })
    await store.open(chain.genesis, { onGenesisChange: 'refuse' })
    return { rows, source, store }
  }

  it('a payload that is missing or another one › is STORE_PAYLOAD', async () => {
    const { rows, store } = await open()
    for (const n of [0n, 1n]) await store.append(chain.block(n))
    rows.delete(0n)
    rows.set(1n, chain.payload(1n, 7))
    for (const n of [0n, 1n]) {
      await expect(store.get(n)).rejects.toMatchObject({ code: 'STORE_PAYLOAD' })
    }
    await store[Symbol.asyncDispose]()
  })

  it('a payload that could not be put › leaves no certificate', async () => {
    const { source, store } = await open()
    source.put = () => Promise.reject(new Error('the database is away'))
    await expect(store.append(chain.block(0n))).rejects.toThrow('the database is away')
    expect(store.range().next).toBe(0n)
    await store[Symbol.asyncDispose]()
  })

  it('a payload is put › before its certificate is written', async () => {
    const { rows, source } = mapSource()
    const certificates = memoryStore()
    const store = splitStore({ payloads: source, certificates })
    source.put = async (n, payload) => {
      expect(certificates.range().next).toBe(n)
      rows.set(n, payload)
    }
    await store.append(chain.block(0n))
    expect(certificates.range().next).toBe(1n)
  })
})
