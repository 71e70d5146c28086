import type { Hash32 } from '@zkstack/crypto'
import type { Address } from '../types/address.js'
import { Preimage } from './preimage.js'

/**
 * keccak256 of u256 BE threshold ‖ each signer as 32 bytes, left-padded.
 * @see agglayer crates/pessimistic-proof-core/src/aggchain_data
 */
export function multisigHash(threshold: bigint, signers: readonly Address[]): Hash32 {
  const preimage = new Preimage(32 * (1 + signers.length)).u256be(threshold)
  for (const signer of signers) preimage.zeros(12).bytes(signer)
  return preimage.keccak256()
}

/** What an aggchain hash is made of. */
export interface AggchainHashParts {
  /** Zero for a chain without aggchain proof. */
  readonly aggchainVkey: Hash32
  /** Zero for a chain without aggchain proof. */
  readonly aggchainParams: Hash32
  readonly multisigHash: Hash32
}

/**
 * How a chain authenticates its certificates: keccak256 of u32 BE 1 (the consensus type) ‖ aggchain verifying key ‖
 * aggchain params ‖ multisig hash: 100 bytes.
 * @see agglayer crates/pessimistic-proof-core/src/aggchain_data
 */
export function aggchainHash(parts: AggchainHashParts): Hash32 {
  return new Preimage(100)
    .u32be(1)
    .bytes(parts.aggchainVkey)
    .bytes(parts.aggchainParams)
    .bytes(parts.multisigHash)
    .keccak256()
}

/** The consensus hash before multisigs: keccak256 of u32 BE 0 ‖ address of the trusted sequencer: 24 bytes. */
export function legacyConsensusHash(trustedSequencer: Address): Hash32 {
  return new Preimage(24).u32be(0).bytes(trustedSequencer).keccak256()
}
