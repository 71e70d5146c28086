import type { Hash32 } from '@zkstack/crypto'
import type { EcdsaSignature } from './ecdsa-signature.js'
import type { NetworkId } from './network-id.js'

/** What an aggchain proof proves about a chain; both local exit roots are real, an empty tree's is not zero. */
export interface AggchainProofPublicValues {
  readonly prevLocalExitRoot: Hash32
  readonly newLocalExitRoot: Hash32
  readonly l1InfoRoot: Hash32
  readonly originNetwork: NetworkId
  /** The commitment V3 to the imported bridge exits. */
  readonly commitImportedBridgeExits: Hash32
  readonly aggchainParams: Hash32
}

/** A STARK of SP1 with its verifying key, both as SP1 serialises them. */
export interface Sp1StarkProof {
  readonly proof: Uint8Array
  readonly vkey: Uint8Array
  /** Of SP1, such as `v5.0.0`. */
  readonly version: string
}

/** A chain's own proof of its state transition. */
export interface AggchainProof {
  readonly proof: Sp1StarkProof
  /** Opaque: what the chain's proof is about, as its L1 contract hashes it. */
  readonly aggchainParams: Hash32
  readonly publicValues: AggchainProofPublicValues | undefined
}

/** Signatures of a committee: entry i is of its signer i, or absent. */
export type Multisig = readonly (EcdsaSignature | undefined)[]

/**
 * How a chain vouches for a certificate, as submitted.
 * @see interop crates/agglayer-interop-types/src/aggchain_proof/mod.rs
 */
export type AggchainData =
  /** One signature of the trusted sequencer. */
  | { readonly type: 'ecdsa'; readonly signature: EcdsaSignature }
  /** An aggchain proof, and a signature that older chains leave out. */
  | {
      readonly type: 'generic'
      readonly aggchainProof: AggchainProof
      readonly signature: EcdsaSignature | undefined
    }
  /** Signatures of a committee. */
  | { readonly type: 'multisigOnly'; readonly multisig: Multisig }
  /** Both. */
  | {
      readonly type: 'multisigAndAggchainProof'
      readonly multisig: Multisig
      readonly aggchainProof: AggchainProof
    }
