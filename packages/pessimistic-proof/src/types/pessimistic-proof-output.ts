import type { Hash32 } from '@zkstack/crypto'
import type { NetworkId } from './network-id.js'

/** What a pessimistic proof proves: its public values, in the order of their bytes. */
export interface PessimisticProofOutput {
  /** Zero if the tree was empty. */
  readonly prevLocalExitRoot: Hash32
  readonly prevPessimisticRoot: Hash32
  readonly l1InfoRoot: Hash32
  readonly originNetwork: NetworkId
  readonly aggchainHash: Hash32
  /** Zero if the tree is empty. */
  readonly newLocalExitRoot: Hash32
  readonly newPessimisticRoot: Hash32
}
