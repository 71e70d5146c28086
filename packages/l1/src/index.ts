/**
 * An Ethereum client that doubts what it is told.
 *
 * @packageDocumentation
 */

// Client
export { createL1Client } from './client/create-l1-client.js'
export type { Fetch } from './client/http-exchange.js'
export type { L1Client } from './client/l1-client.js'
export type { EndpointOptions, L1ClientOptions } from './client/l1-client-options.js'
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
