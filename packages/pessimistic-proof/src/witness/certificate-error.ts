import type { Hash32 } from '@zkstack/crypto'
import type { MultisigError } from '../transition/proof-error.js'
import type { LocalExitTreeError, SmtError } from '../trees/tree-error.js'
import type { TokenInfo } from '../types/bridge-exit.js'
import type { GlobalIndex } from '../types/global-index.js'

/**
 * Why a certificate's aggchain data does not fit what L1 says about the chain.
 * @see agglayer crates/agglayer-types/src/aggchain_data/global.rs
 */
export type AggchainDataError =
  | { readonly code: 'InvalidVariant'; readonly payload: string; readonly context: string }
  | { readonly code: 'InvalidMultisig'; readonly source: MultisigError }
  | { readonly code: 'MissingSignature' }

/**
 * Why a certificate does not apply to a state, under upstream's names, in the order of the checks.
 * @see agglayer crates/agglayer-types/src/error.rs
 */
export type CertificateError =
  /** A claim declares a global exit root that is not the hash of its two parts. */
  | { readonly code: 'InconsistentGlobalExitRoot' }
  | {
      readonly code: 'MismatchPrevLocalExitRoot'
      readonly computed: Hash32
      readonly declared: Hash32
    }
  | { readonly code: 'InvalidLocalExitTreeOperation'; readonly source: LocalExitTreeError }
  | { readonly code: 'BalanceOverflow'; readonly tokenInfo: TokenInfo }
  | { readonly code: 'BalanceUnderflow'; readonly tokenInfo: TokenInfo }
  /** `KeyPresent`: an exit is claimed a second time. */
  | {
      readonly code: 'NullifierPathGenerationFailed'
      readonly source: SmtError
      readonly globalIndex: GlobalIndex
    }
  | {
      readonly code: 'MismatchNewLocalExitRoot'
      readonly computed: Hash32
      readonly declared: Hash32
    }
  | { readonly code: 'InvalidChainData'; readonly source: AggchainDataError }
