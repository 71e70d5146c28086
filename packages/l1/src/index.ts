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
  KnownTransaction,
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

// Events
export { HeadSigns } from './events/head-signs.js'
export {
  newHeads,
  type HeadSource,
  type HeadsStatus,
  type NewHeadsOptions,
} from './events/new-heads.js'
export {
  runEventReader,
  type EventReaderError,
  type EventReaderOptions,
} from './events/event-reader.js'
export type { EventChange, EventSink, L1Event } from './events/event-sink.js'
export type { CursorError } from './events/event-cursor.js'
export type { ReorgError } from './events/event-machine.js'

// Finality
export { highestFinal, isFinal, requiredHead, type FinalityPolicy } from './finality-policy.js'

// Signers
export { digestSigner, type DigestKey } from './signers/digest-signer.js'
export {
  googleKmsKeyName,
  googleKmsSigner,
  type GoogleKmsKey,
  type GoogleKmsOptions,
} from './signers/google-kms-signer.js'
export { keySigner } from './signers/key-signer.js'
export { decryptKeystore, keystoreSigner, type KeystoreError } from './signers/keystore.js'
export type { L1Signer, L1SignerError, SignedTransaction } from './signers/l1-signer.js'

// Jobs
export { createTransactionManager } from './jobs/runner/create-transaction-manager.js'
export type {
  EditOptions,
  ForeignAttempt,
  JobAdmin,
  JobEdit,
  JobRequest,
  JobStatus,
  SubmitOptions,
  TransactionManager,
  TransactionManagerOptions,
} from './jobs/transaction-manager.js'
export type {
  Attempt,
  AttemptRecord,
  AttemptResult,
  ClientErrorKind,
  ContractCall,
  Job,
  JobRecord,
  JobResult,
} from './jobs/job.js'
export type { JobError, JobErrorCode } from './jobs/job-error.js'
export { createJobId, formatJobId, jobId, parseJobId, type JobId } from './jobs/job-id.js'
export {
  defaultTransactionPolicy,
  type GasLimitRule,
  type TransactionPolicy,
} from './jobs/machine/policy.js'
export type { FeeRule, FeeRules } from './jobs/machine/fees.js'
export { multiplier, type Multiplier } from './jobs/machine/multiplier.js'
export type { RetryPolicy } from './jobs/machine/retry-policy.js'
export { jobTables } from './jobs/store/job-keys.js'
export type { BatchOperation, InsertRefused, JobStore, KeyRange } from './jobs/store/job-store.js'
export { levelJobStore } from './jobs/store/level-job-store.js'
export { memoryJobStore } from './jobs/store/memory-job-store.js'
export { upgradeJobRecord } from './jobs/store/upgrade-job-record.js'
