import type { Hash32 } from '@zkstack/crypto'
import type { Address } from './address.js'
import type { NetworkId } from './network-id.js'

/** What a bridge exit moves: tokens, or a message. A transfer is hashed as the byte 0, a message as 1. */
export type LeafType = 'transfer' | 'message'

/** A token, by its contract on the network where it was first deployed. */
export interface TokenInfo {
  readonly originNetwork: NetworkId
  /** Zero on network 0 for ether. */
  readonly originTokenAddress: Address
}

/**
 * Value or a message that leaves a network; its hash is a leaf of the local exit tree.
 * @see interop crates/unified-bridge/src/bridge_exit.rs
 */
export interface BridgeExit {
  readonly leafType: LeafType
  readonly tokenInfo: TokenInfo
  readonly destNetwork: NetworkId
  readonly destAddress: Address
  /** Unsigned 256-bit number, in the token's smallest unit. */
  readonly amount: bigint
  /** keccak256 of the raw metadata, not the metadata; absent means: of no bytes. */
  readonly metadata: Hash32 | undefined
}
