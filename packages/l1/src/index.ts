// Client
export type { L1Client } from './client/l1-client.js'
export type {
  BlockRef,
  BlockTag,
  CallRequest,
  FeeEstimate,
  L1Block,
  L1Log,
  L1Receipt,
  L1Transaction,
  LogFilter,
  LogPlace,
  MinedTransaction,
} from './client/l1-types.js'
export type {
  L1Error,
  L1InconsistentError,
  L1RefusedError,
  L1UnavailableError,
  RefusalReason,
} from './l1-error.js'

// Finality
export { highestFinal, isFinal, requiredHead, type FinalityPolicy } from './finality-policy.js'

// Signers
export type { L1Signer, L1SignerError, SignedTransaction } from './signers/l1-signer.js'
