import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { levelStore, memoryStore, type NodeStore } from '@zkstack/storage'

/** Where the nodes of a test network keep what survives a restart. */
export interface TestStores extends AsyncDisposable {
  open(index: number): Promise<NodeStore>
  /** Throws away what a node kept. */
  wipe(index: number): Promise<void>
  /** The folder of a node's store; undefined in memory. */
  path(index: number): string | undefined
}

/** Stores in memory: disposing of one is forgotten, so that the next start finds it again. */
export function memoryStores(): TestStores {
  const stores = new Map<number, NodeStore>()
  return {
    open: (index) => {
      const store = stores.get(index) ?? memoryStore()
      stores.set(index, store)
      return Promise.resolve(keptOpen(store))
    },
    wipe: (index) => {
      stores.delete(index)
      return Promise.resolve()
    },
    path: () => undefined,
    [Symbol.asyncDispose]: async () => {
      for (const store of stores.values()) await store[Symbol.asyncDispose]()
    },
  }
}

/** Stores on disk, in a folder that stays, or in a temporary one. */
export async function levelStores(kept?: string): Promise<TestStores> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'zkstack-test-')))
  const path = (index: number): string => join(folder, `node-${index}`)
  return {
    open: (index) => levelStore(path(index)),
    wipe: (index) => rm(path(index), { recursive: true, force: true }),
    path,
    [Symbol.asyncDispose]: async () => {
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function keptOpen(store: NodeStore): NodeStore {
  return {
    epochs: store.epochs,
    ...(store.addresses && { addresses: store.addresses }),
    ...(store.marks && { marks: store.marks }),
    open: (genesis, o) => store.open(genesis, o),
    range: () => store.range(),
    get: (n, o) => store.get(n, o),
    append: (block, o) => store.append(block, o),
    prune: (before, o) => store.prune?.(before, o) ?? Promise.resolve(),
    watch: (o) => store.watch(o),
    load: (key) => store.load(key),
    save: (key, state) => store.save(key, state),
    highestEpoch: (genesis, validator) => store.highestEpoch(genesis, validator),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
