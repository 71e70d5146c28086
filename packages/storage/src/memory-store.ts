import type { NodeStore } from './store.js'
import { StorageError } from './storage-error.js'

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Where an empty store begins. Default: the genesis' first block, 0 before `open`. */
  readonly firstBlock?: bigint
  /** Blocks kept at most, the oldest are dropped; at least 1. Default: no bound. */
  readonly capacity?: number
}

/** A store that forgets everything when the process ends: for tests and for nodes that only follow. */
export function memoryStore(o: MemoryStoreOptions = {}): NodeStore {
  throw new StorageError('STORE_IO', `not there yet ${String(o.capacity)}`)
}
