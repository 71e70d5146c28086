import type { Hash32 } from '@zkstack/crypto'
import type { AggchainData } from './aggchain-data.js'
import type { BridgeExit } from './bridge-exit.js'
import type { ImportedBridgeExit } from './claim.js'
import type { NetworkId } from './network-id.js'

/**
 * What a network submits for settlement: everything that left and entered it since its certificate before.
 * @see agglayer crates/agglayer-types/src/certificate/mod.rs
 */
export interface Certificate {
  readonly networkId: NetworkId
  /** Counts a network's certificates from 0: an unsigned 64-bit number. */
  readonly height: bigint
  readonly prevLocalExitRoot: Hash32
  readonly newLocalExitRoot: Hash32
  readonly bridgeExits: readonly BridgeExit[]
  readonly importedBridgeExits: readonly ImportedBridgeExit[]
  /** Opaque. */
  readonly metadata: Hash32
  readonly aggchainData: AggchainData
  /** Passed on to the chain's L1 contract. */
  readonly customChainData: Uint8Array
  /** Leaves of the L1 info tree that the certificate builds on: an unsigned 32-bit number. */
  readonly l1InfoTreeLeafCount: number | undefined
}
