// Types
export {
  pendingHeader,
  type CertificateHeader,
  type CertificateStatus,
} from './types/certificate-header.js'
export {
  certificateStatusError,
  errorKindOf,
  fromCertificateError,
  fromProofError,
  type CertificateStatusError,
  type CertificateStatusErrorCode,
  type ErrorKind,
} from './types/certificate-status-error.js'
export type { EpochConfiguration } from './types/epoch-configuration.js'
export type { NetworkInfo, NetworkStatus, NetworkType, SettledClaim } from './types/network-info.js'

// Encodings
export {
  certificateHeaderToJson,
  epochConfigurationToJson,
  networkInfoToJson,
  parseCertificateHeader,
  parseEpochConfiguration,
  parseNetworkInfo,
} from './codec/json.js'
export { status as certificateStatusJson } from './codec/status-json.js'
export {
  decodeCertificateHeader,
  decodeEpochConfiguration,
  decodeNetworkInfo,
  encodeCertificateHeader,
  encodeEpochConfiguration,
  encodeNetworkInfo,
} from './codec/protobuf.js'

// Submission
export {
  decideReplacement,
  replacementAfterReceipt,
  type JobState,
  type KnownCertificate,
  type ReceiptState,
  type ReplacementDecision,
} from './submission/replacement.js'
export {
  checkSubmission,
  replacementError,
  type SubmissionContext,
} from './submission/submission-rules.js'
export type { ReplacementRefusal, SubmissionError } from './submission/submission-error.js'
export {
  verifyCertificateSignature,
  type SignerContext,
} from './submission/verify-certificate-signature.js'
export {
  NetworkRateLimits,
  type NetworkRateLimitsOptions,
} from './rate-limit/network-rate-limits.js'
export {
  SlidingWindow,
  type RateLimit,
  type RateLimited,
  type RateSlot,
} from './rate-limit/sliding-window.js'

// Clocks and epochs
export { blockClock, onBlock } from './clock/block-clock.js'
export {
  advanceClock,
  currentEpoch,
  epochProgress,
  type AdvancedClock,
  type ClockOverflow,
  type EpochClock,
  type EpochRange,
} from './clock/epoch-clock.js'
export {
  resumeClock,
  type ClockConfiguration,
  type ClockMismatch,
  type ResumedClock,
} from './clock/resume-clock.js'
export { onTime, timeClock, type TimeConfiguration } from './clock/time-clock.js'
export {
  assignCertificate,
  certificatesInEpoch,
  emptyEpoch,
  type CertificatesPerEpoch,
  type EpochCheckpoint,
  type EpochError,
  type OpenEpoch,
} from './epochs/open-epoch.js'
export { planEpochs, type EpochPlan, type EpochWentBack } from './epochs/plan-epochs.js'

// Life cycle
export type { CertificateEvent, NetworkEffect, NetworkStep } from './certificates/network-effect.js'
export type { NetworkInput } from './certificates/network-input.js'
export {
  initialNetworkState,
  type Activity,
  type CurrentCertificate,
  type L1Observation,
  type NetworkMachineOptions,
  type NetworkMachineState,
  type StoredCertificate,
} from './certificates/network-state.js'
export { defaultRetryPolicy, retryDelay, type RetryPolicy } from './certificates/retry-policy.js'
export { step } from './certificates/step.js'

// Certifier
export { createCertifier, type CertifierOptions } from './certifier/create-certifier.js'
export { vkeySelector } from './certifier/fetch-l1-context.js'
export type { L1Contracts, L1InfoRoot, ReadOptions } from './certifier/l1-contracts.js'

// Contracts
export {
  bridgeAbi,
  chainAbi,
  gatewayAbi,
  globalExitRootManagerAbi,
  rollupManagerAbi,
} from './contracts/abis.js'
export type { ContractAddresses } from './contracts/contract-addresses.js'
export { ContractsOnL1, type ContractsOnL1Options } from './contracts/contracts-on-l1.js'
export { L1ObserverOnL1, type L1ObserverOptions } from './contracts/l1-observer-on-l1.js'
export {
  SettlementCallsOnL1,
  type SettlementCallsOptions,
} from './contracts/settlement-calls-on-l1.js'

// Node
export {
  certificateAdmin,
  type CertificateAdmin,
  type CertificateAdminOptions,
} from './node/certificate-admin.js'
export type { ClockEvent } from './node/clock-event.js'
export { createSettlementNode } from './node/create-settlement-node.js'
export type { EndpointError, SettlementEndpoint } from './node/settlement-endpoint.js'
export type { SettlementEvent, SettlementNode } from './node/settlement-node.js'
export type {
  EpochSchedule,
  NodeFinality,
  SettlementNodeOptions,
} from './node/settlement-node-options.js'

// Client
export {
  committeeSigner,
  sequencerSigner,
  type CertificateSigner,
  type CertificateSignerError,
} from './client/certificate-signer.js'
export type { UnsignedCertificate } from './client/certificate-builder.js'
export type { ClientEvent, ClientHalt, ExitEvent, ExitStage } from './client/client-event.js'
export { createSettlement } from './client/create-settlement.js'
export type { BlockExits, ClaimedExit, ExitSource } from './client/exit-source.js'
export type { BridgeAddresses } from './client/l1-bridge-index.js'
export type {
  ClientStatus,
  FinalBlocks,
  SettlementClient,
  SettlementOptions,
} from './client/settlement-client.js'

// Prover
export { HealthService, healthFile, type ServingStatus } from './prover/grpc/health-service.js'
export { ReflectionService } from './prover/grpc/reflection-service.js'
export type {
  EncodedFile,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  MethodDescriptor,
} from './prover/grpc/file-descriptor.js'
export {
  decodeFailureDetails,
  decodeProofRequest,
  decodeProofResponse,
  encodeFailureDetails,
  encodeProofRequest,
  encodeProofResponse,
  type ProofGenerationFailure,
  type ProofVerificationFailure,
} from './prover/prover-messages.js'
export { serveProver, type ProverServer, type ProverServerOptions } from './prover/prover-server.js'
export { parseProverAddress, type ProverAddress } from './prover/prover-address.js'
export {
  clientCredentials,
  serverCredentials,
  type ClientTls,
  type ServerTls,
  type TlsIdentity,
} from './prover/prover-tls.js'
export type { ProvingLimits } from './prover/proving-queue.js'
export { RemoteProverError, type RemoteProverErrorCode } from './prover/remote-prover-error.js'
export {
  RemoteProver,
  type EndpointHealth,
  type RemoteProverOptions,
} from './prover/remote-prover.js'

// Engine
export { SettlementEngine, type SettlementEngineOptions } from './runner/settlement-engine.js'
export type {
  AppliedCertificate,
  ApplyRequest,
  BackupRequests,
  CertifiedCertificate,
  Certifier,
  CertifyRequest,
  L1Observer,
  SettlementCalls,
  SettlementJobs,
} from './runner/ports.js'
export type { AcceptedCertificate, SubmissionL1 } from './runner/submissions.js'

// Storage
export { BackupEngine } from './storage/backup-engine.js'
export type { BackupManifest } from './storage/backup-manifest.js'
export {
  createBackup,
  listBackups,
  readBackup,
  restoreBackup,
  type BackupOptions,
} from './storage/backup.js'
export type { EditableStatus, EditRefusal, StatusChange } from './storage/certificate-edits.js'
export { byAdministrator } from './storage/certificate-edits.js'
export { columns } from './storage/columns.js'
export type { BatchOperation, Database, Entry, KeyRange } from './storage/database.js'
export type { FinaliseRequest, Finalised } from './storage/finalise-changes.js'
export { jobStoreIn } from './storage/job-store.js'
export {
  levelDatabase,
  type LevelDatabase,
  type LevelDatabaseOptions,
} from './storage/level-database.js'
export { memoryDatabase } from './storage/memory-database.js'
export { migrate, migrations, type Migration } from './storage/migrate.js'
export { readLatestHeaders, readNetworkInfo, type LatestHeaders } from './storage/network-info.js'
export { prune, type Retention } from './storage/prune.js'
export { readOnlyDatabase } from './storage/read-only-database.js'
export type { ClockRecord, StateHead, StoredProof } from './storage/records.js'
export {
  SettlementStorageError,
  type SettlementStorageErrorCode,
} from './storage/settlement-storage-error.js'
export {
  SettlementStore,
  type AcceptOptions,
  type SettledNetwork,
} from './storage/settlement-store.js'
export type { StoreRefusal } from './storage/store-refusal.js'
export { readTokenBalances, type TokenBalance } from './storage/token-balances.js'
