import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { levelStore, type NodeStore } from '../../src/index.js'
import { storeCompliance, TestChain } from '../../testing/index.js'
import { temporaryFolder } from './temporary-folder.js'

const root = await temporaryFolder()
let count = 0
const paths = new WeakMap<NodeStore, string>()
const openAt = async (path: string, o: { readonly firstBlock?: bigint } = {}) => {
  const store = await levelStore(path, { ...o, check: 'everything' })
  paths.set(store, path)
  return store
}

describe('level store', () => {
  const suite = storeCompliance({
    create: (o) => openAt(join(root, String(count++)), o),
    reopen: async (store) => {
      await store[Symbol.asyncDispose]()
      return openAt(paths.get(store) ?? '')
    },
  })
  for (const { name, run } of suite) it(name, run)

  it('a write before the store is bound to a genesis › is STORE_UNBOUND', async () => {
    const chain = new TestChain()
    const store = await openAt(join(root, 'unbound'))
    await expect(store.append(chain.block(0n))).rejects.toMatchObject({ code: 'STORE_UNBOUND' })
    await expect(store.save(chain.key(), chain.state(1n))).rejects.toMatchObject({
      code: 'STORE_UNBOUND',
    })
    await store[Symbol.asyncDispose]()
  })
})
