import { StorageError, type NodeStore } from '@zkstack/storage'

/** Stores that break what they promise: negative controls of the simulator. */
export const brokenStore = {
  /** Acknowledges a state before it is on disk. */
  hasty: (store: NodeStore): NodeStore => ({
    ...forwarding(store),
    save: (key, state) => {
      store.save(key, state).catch(() => undefined)
      return Promise.resolve()
    },
  }),

  /** Never ends the write of a state. */
  stuck: (store: NodeStore): NodeStore => ({
    ...forwarding(store),
    save: () => new Promise(() => undefined),
  }),

  /** Takes no block. */
  failing: (store: NodeStore): NodeStore => ({
    ...forwarding(store),
    append: () => Promise.reject(new StorageError('STORE_IO', 'the disk is broken')),
  }),

  /** Knows no state when it is opened again. */
  forgetful: (store: NodeStore): NodeStore => ({
    ...forwarding(store),
    load: () => Promise.resolve(undefined),
    highestEpoch: () => Promise.resolve(undefined),
  }),
}

function forwarding(store: NodeStore): NodeStore {
  return {
    epochs: store.epochs,
    open: (genesis, o) => store.open(genesis, o),
    range: () => store.range(),
    get: (n, o) => store.get(n, o),
    append: (block, o) => store.append(block, o),
    watch: (o) => store.watch(o),
    load: (key) => store.load(key),
    save: (key, state) => store.save(key, state),
    highestEpoch: (genesis, validator) => store.highestEpoch(genesis, validator),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
