import { bytesEqual, toHex } from '@zkstack/crypto'
import type { ReplicaState } from '@zkstack/roles'
import { StorageError } from './storage-error.js'
import type { BlockRange, ReplicaStateKey, StoredGenesis } from './store.js'

/** Names a validator of a chain, for maps. */
export function validatorKey(genesis: Uint8Array, validator: Uint8Array): string {
  return `${toHex(genesis)}/${toHex(validator)}`
}

/** The error for a state of an epoch that has been left behind. */
export function epochError(epoch: bigint, highest: bigint): StorageError {
  return new StorageError(
    'STORE_EPOCH',
    `a state of epoch ${epoch} was saved after one of epoch ${highest}: an epoch that was left is never started again`,
  )
}

/** The range of an empty store that begins at `first`. */
export function emptyAt(first: bigint): BlockRange {
  return { first, next: first, last: undefined }
}

/** Checks that a state is saved under its own key, in the store of its chain. @throws RangeError for a bug of the caller. */
export function assertStateKey(
  key: ReplicaStateKey,
  state: ReplicaState,
  genesis: StoredGenesis | undefined,
): void {
  if (key.epoch !== state.epoch) {
    throw new RangeError(`key: epoch ${key.epoch}, but the state is of epoch ${state.epoch}`)
  }
  if (genesis !== undefined && !bytesEqual(key.genesis, genesis.hash)) {
    throw new RangeError('key: the store is bound to another genesis')
  }
}
