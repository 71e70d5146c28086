import { bytesEqual, err, ok, toHex, type Result } from '@zkstack/crypto'
import type { Genesis } from '@zkstack/roles'
import type { OpenOptions, StoredGenesis, StoreOpenError } from './store.js'

/** The part of a genesis that a store remembers. */
export function storedGenesisOf(genesis: Genesis): StoredGenesis {
  const { hash, chainId, forkNumber, firstBlock } = genesis
  return { hash, chainId, forkNumber, firstBlock }
}

/** What opening a store with a genesis means: bind a new store, go on with the same genesis, or reset. */
export function judgeGenesis(
  stored: StoredGenesis | undefined,
  given: StoredGenesis,
  o: OpenOptions,
): Result<'bind' | 'same' | 'reset', StoreOpenError> {
  if (stored === undefined) return ok('bind')
  if (bytesEqual(stored.hash, given.hash)) return ok('same')
  const refuse = (code: StoreOpenError['code'], message: string) => err({ code, message, stored })
  if (stored.chainId !== given.chainId) {
    return refuse(
      'WRONG_CHAIN',
      `the store belongs to chain ${stored.chainId}, the genesis to chain ${given.chainId}: use another path`,
    )
  }
  if (given.forkNumber < stored.forkNumber) {
    return refuse(
      'FORK_REGRESSED',
      `the store is at fork ${stored.forkNumber}, the genesis is of the earlier fork ${given.forkNumber}: ` +
        'use the newer genesis',
    )
  }
  const hashes = `store ${toHex(stored.hash)}, given ${toHex(given.hash)}`
  if (given.forkNumber === stored.forkNumber) {
    return refuse(
      'GENESIS_MISMATCH',
      `two genesis of fork ${given.forkNumber} (${hashes}): a change of the genesis needs a higher fork number`,
    )
  }
  if (o.onGenesisChange === 'reset') return ok('reset')
  return refuse(
    'GENESIS_MISMATCH',
    `the store is at fork ${stored.forkNumber}, the genesis at fork ${given.forkNumber} (${hashes}): ` +
      "pass onGenesisChange: 'reset' to wipe certificates and votes and go on",
  )
}
