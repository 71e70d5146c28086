import type { Hash32 } from '@zkstack/crypto'
import type { Address } from './address.js'
import type { Multisig } from './aggchain-data.js'
import type { BridgeExit, TokenInfo } from './bridge-exit.js'
import type { ImportedBridgeExit } from './claim.js'
import type { EcdsaSignature } from './ecdsa-signature.js'
import type { NetworkId } from './network-id.js'

/** Signatures of a committee together with what L1 expects of them. */
export interface MultiSignature {
  readonly signatures: Multisig
  readonly expectedSigners: readonly Address[]
  /** How many signatures are needed: an unsigned 64-bit number. */
  readonly threshold: bigint
}

/** How a pessimistic proof authenticates a certificate: the submitted data, joined with what L1 says about the chain. */
export type ProofAggchainData =
  /** One signature of the signer that L1 names. */
  | {
      readonly type: 'legacyEcdsa'
      readonly signer: Address
      readonly signature: EcdsaSignature
    }
  /** Signatures of the committee that L1 names. */
  | { readonly type: 'multisigOnly'; readonly multisig: MultiSignature }
  /** These, and an aggchain proof under the verifying key that L1 names. */
  | {
      readonly type: 'multisigAndAggchainProof'
      readonly multisig: MultiSignature
      readonly aggchainParams: Hash32
      /** Eight big-endian 32-bit words. */
      readonly aggchainVkey: Hash32
    }

/** An imported bridge exit with the proof that it was not claimed before. */
export interface ImportedBridgeExitWitness {
  readonly importedBridgeExit: ImportedBridgeExit
  /** At most 64 digests from the root down: siblings on the way to an empty subtree of the nullifier tree. */
  readonly nullifierPath: readonly Hash32[]
}

/** A token's balance before the certificate, and its proof. */
export interface BalanceProof {
  readonly tokenInfo: TokenInfo
  /** Unsigned 256-bit number. */
  readonly balance: bigint
  /** 192 digests from the leaf's sibling up, in the balance tree after the updates of the entries before this one. */
  readonly path: readonly Hash32[]
}

/**
 * Everything that a pessimistic proof needs beside the state that it starts from.
 * @see agglayer crates/pessimistic-proof-core/src/multi_batch_header.rs
 */
export interface MultiBatchHeader {
  readonly originNetwork: NetworkId
  /** Of the certificate: an unsigned 64-bit number. */
  readonly height: bigint
  readonly prevPessimisticRoot: Hash32
  readonly bridgeExits: readonly BridgeExit[]
  readonly importedBridgeExits: readonly ImportedBridgeExitWitness[]
  readonly l1InfoRoot: Hash32
  /** In ascending order of network and token address, each token once. */
  readonly balancesProofs: readonly BalanceProof[]
  readonly aggchainData: ProofAggchainData
  readonly certificateId: Hash32
}
