import { realClock } from '@zkstack/concurrency'
import { memoryStore } from '@zkstack/storage'
import type { WrongOptions } from './wrong-options.js'

/** A store with some members replaced; only to be looked at. */
function storeWith(changes: Readonly<Record<string, unknown>>): unknown {
  const store = Object.create(memoryStore()) as object
  for (const [name, value] of Object.entries(changes)) Object.defineProperty(store, name, { value })
  return store
}

/** Stores and other replaceable parts that lack what will be called. */
export const wrongParts: readonly WrongOptions[] = [
  {
    name: 'a store that keeps no epochs',
    options: { store: storeWith({ epochs: undefined }) },
    code: 'OPTION_MISSING',
    path: 'options.store.epochs',
  },
  {
    name: 'a store that cannot be watched',
    options: { store: storeWith({ watch: undefined }) },
    code: 'OPTION_MISSING',
    path: 'options.store.watch',
  },
  {
    name: 'a store that does not know its highest epoch',
    options: { store: storeWith({ highestEpoch: undefined }) },
    code: 'OPTION_MISSING',
    path: 'options.store.highestEpoch',
  },
  {
    name: 'a store whose appendAndSave is no function',
    options: { store: storeWith({ appendAndSave: true }) },
    code: 'OPTION_INVALID',
    path: 'options.store.appendAndSave',
  },
  {
    name: 'a store whose marks cannot be saved',
    options: { store: storeWith({ marks: { load: () => Promise.resolve([]) } }) },
    code: 'OPTION_MISSING',
    path: 'options.store.marks.save',
  },
  {
    name: 'a store copied without its methods',
    options: { store: { ...memoryStore() } },
    code: 'OPTION_MISSING',
    path: 'options.store.open',
  },
  {
    name: 'a mempool whose pending is a list',
    options: { mempool: { admit: () => Promise.resolve('accepted'), pending: [] } },
    code: 'OPTION_INVALID',
    path: 'options.mempool.pending',
  },
  {
    name: 'a clock whose yieldTurn is no function',
    options: { clock: { ...realClock, yieldTurn: 1 } },
    code: 'OPTION_INVALID',
    path: 'options.clock.yieldTurn',
  },
]
