import type { NodeStore } from './store.js'
import { be64 } from './level/fields.js'

/** Options of {@link levelStore}. */
export interface LevelStoreOptions {
  /**
   * Where an empty store begins. Default: the genesis' first block. Lower: pre-genesis blocks are kept too. Higher: the
   * chain is followed from there on.
   */
  readonly firstBlock?: bigint
  /**
   * Where payloads of blocks live: here, or `elsewhere`, for {@link splitStore}; then `get` returns blocks whose payload is
   * empty. Default `here`.
   */
  readonly payloads?: 'here' | 'elsewhere'
  /**
   * What is read and checked at the start, beside the replica states and the newest 10 000 entries of the block index:
   * `quick`: nothing more, and damaged files may end the process with an assertion of LevelDB; `files`: all files of the database,
   * a few seconds for each gigabyte; `everything`: all blocks too. `get` always checks what it returns. Default `files`.
   */
  readonly check?: 'quick' | 'files' | 'everything'
}

/**
 * Opens, or creates, a store on disk in the folder `path`; one process at a time.
 *
 * Every write is synced before it resolves. Damage is found, not repaired: whatever the disk changed or lost, the store answers
 * with what was written or with an error, never with something older.
 *
 * @throws StorageError `STORE_LOCKED`, `STORE_PATH`, `STORE_SCHEMA`, `STORE_CORRUPT`, `STORE_GAP`, `STORE_FULL`, `STORE_IO`.
 */
export async function levelStore(path: string, o: LevelStoreOptions = {}): Promise<NodeStore> {
  if (typeof path !== 'string' || path === '')
    throw new TypeError('path: expected the path of a folder')
  if (o.firstBlock !== undefined) be64(o.firstBlock)
  // Only here, so that programs that use the other stores need no native module.
  const { openLevelStore } = await import('./level/open-level-store.js')
  return openLevelStore(path, o)
}
