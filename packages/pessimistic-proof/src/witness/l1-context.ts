import type { Hash32 } from '@zkstack/crypto'
import type { PessimisticRootVersion } from '../transition/pessimistic-root-version.js'
import type { Address } from '../types/address.js'

/** Who may vouch for a chain's certificates, as L1 says. */
export type AggchainContext =
  /** The trusted sequencer. */
  | { readonly type: 'legacyEcdsa'; readonly signer: Address }
  /** A committee in its order, of which `threshold` must sign. */
  | {
      readonly type: 'multisigOnly'
      readonly signers: readonly Address[]
      readonly threshold: bigint
    }
  /** A committee, and an aggchain proof under this verifying key. */
  | {
      readonly type: 'multisigAndAggchainProof'
      readonly signers: readonly Address[]
      readonly threshold: bigint
      readonly aggchainVkey: Hash32
    }

/** What a certificate is applied under: the part of the witness that comes from L1. */
export interface L1Context {
  /** The pessimistic root that L1 holds for the network, or the version of the one to compute from the state. */
  readonly prevPessimisticRoot: Hash32 | PessimisticRootVersion
  /** The root of the L1 info tree that the certificate's claims lead to. */
  readonly l1InfoRoot: Hash32
  readonly aggchain: AggchainContext
}
