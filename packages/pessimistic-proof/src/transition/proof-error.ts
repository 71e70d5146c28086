import type { Hash32 } from '@zkstack/crypto'
import type { LocalExitTreeError } from '../trees/tree-error.js'
import type { Address } from '../types/address.js'
import type { TokenInfo } from '../types/bridge-exit.js'
import type { GlobalIndex } from '../types/global-index.js'

/**
 * What is wrong with an imported bridge exit, in the order of the checks: the destination first, then the claim.
 * @see interop crates/unified-bridge/src/error.rs
 */
export interface ImportedBridgeExitError {
  readonly code:
    | 'InvalidExitNetwork'
    | 'MismatchGlobalIndexInclusionProof'
    | 'MismatchL1Root'
    | 'MismatchMER'
    | 'MismatchRER'
    | 'InvalidMerklePathLeafToLER'
    | 'InvalidMerklePathLERToRER'
    | 'InvalidMerklePathGERToL1Root'
}

/**
 * What is wrong with the signatures of a committee, in the order of the checks. `idx` is the signer's place.
 * @see agglayer crates/pessimistic-proof-core/src/aggchain_data/multisig.rs
 */
export type MultisigError =
  | { readonly code: 'TooManySigners'; readonly num: number; readonly max: number }
  | { readonly code: 'UnderThreshold'; readonly got: number; readonly expected: bigint }
  | { readonly code: 'InvalidSignature'; readonly idx: number }
  | {
      readonly code: 'InvalidSigner'
      readonly idx: number
      readonly expectedSigner: Address
      readonly recoveredSigner: Address
      readonly commitment: Hash32
    }

/**
 * Why there is no pessimistic proof, under upstream's names. Of several reasons it is the first in the order of the program.
 * @see agglayer crates/pessimistic-proof-core/src/error.rs
 */
export type ProofError =
  | {
      readonly code: 'InvalidImportedBridgeExit'
      readonly source: ImportedBridgeExitError
      readonly globalIndex: GlobalIndex
    }
  /** The path does not show the exit unclaimed: it was claimed before, maybe in the same certificate. */
  | { readonly code: 'InvalidNullifierPath' }
  | { readonly code: 'InvalidBalancePath' }
  | { readonly code: 'BalanceOverflowInBridgeExit' }
  /** More of a token leaves the network than ever came in. */
  | { readonly code: 'BalanceUnderflowInBridgeExit' }
  | { readonly code: 'CannotExitToSameNetwork' }
  | { readonly code: 'InvalidMessageOriginNetwork' }
  /** The zero address stands for ether, and ether is of network 0. */
  | { readonly code: 'InvalidL1TokenInfo'; readonly tokenInfo: TokenInfo }
  | { readonly code: 'MissingTokenBalanceProof'; readonly tokenInfo: TokenInfo }
  | { readonly code: 'DuplicateTokenBalanceProof'; readonly tokenInfo: TokenInfo }
  | { readonly code: 'InvalidSignature' }
  | { readonly code: 'InvalidLocalExitTreeOperation'; readonly source: LocalExitTreeError }
  | {
      readonly code: 'InvalidPreviousPessimisticRoot'
      readonly declared: Hash32
      readonly computedV2: Hash32
      readonly computedV3: Hash32
    }
  /** A state already of version 3 was signed as for version 2. */
  | { readonly code: 'InconsistentSignedPayload' }
  | { readonly code: 'HeightOverflow' }
  | { readonly code: 'InvalidMultisig'; readonly source: MultisigError }
