/**
 * The one call an execution-layer author makes: {@link createNode}, and what its options are made of.
 *
 * @packageDocumentation
 */
export { createNode } from './create-node.js'
export type * from './consensus-node.js'
export { diagnose } from './diagnosis/diagnose.js'
export type * from './diagnosis/finding.js'
export { NodeError, NodeOptionError } from './errors.js'
export type { NodeErrorCode, NodeOptionErrorCode } from './errors.js'
export type { Limits, NodeOptions, Timing } from './options/node-options.js'
export { checkNodeOptions } from './options/prepare-options.js'
export { orThrow } from './or-throw.js'
export type { Json, Plain } from './plain.js'
export type { RecordingOptions } from './recording/open-recording.js'
export type { Retention } from './retention/retention.js'
export { formatReplayStep, replayRecording } from './recording/replay-recording.js'
export type { Signer } from './signer.js'

export type { RecordingSink, ReplayStart, ReplayStep } from '@zkstack/bft'

// What a newcomer needs of the other packages.
export {
  CanceledError,
  isCanceled,
  jsonLogger,
  MemoryMetrics,
  RetryableError,
  systemRandom,
  ZkStackError,
} from '@zkstack/concurrency'
export type { Clock, Logger, MetricsSink, Random } from '@zkstack/concurrency'
export {
  blsMinPk,
  blsMinSig,
  ed25519Scheme,
  keccak256,
  loadCryptoBackends,
  signatureScheme,
} from '@zkstack/crypto'
export type { Hash32, Result, SignatureScheme } from '@zkstack/crypto'
export { libp2pTransport } from '@zkstack/network'
export type { GoodbyeCode, NetworkTransport, PeerInfo, StaticPeer } from '@zkstack/network'
export {
  createGenesis,
  decodeEvidence,
  encodeEvidence,
  formatNodePublicKey,
  formatValidatorPublicKey,
  generateNodeKey,
  generateValidatorKey,
  genesisToJson,
  NodeSecretKey,
  parseGenesis,
  parseNodeKey,
  parseNodePublicKey,
  parseValidatorKey,
  parseValidatorPublicKey,
  Schedule,
  ValidatorSecretKey,
  verifyEvidence,
  verifySchedulePossession,
} from '@zkstack/roles'
export type {
  Block,
  ConflictKind,
  Evidence,
  EvidenceError,
  FinalBlock,
  Genesis,
  GenesisSpec,
  NodePublicKey,
  PreGenesisBlock,
  ProvenFault,
} from '@zkstack/roles'
export { levelStore, memoryStore } from '@zkstack/storage'
export type {
  BlockStore,
  CallOptions,
  ExecutionLayer,
  Mempool,
  EpochStore,
  NodeStore,
  ReplicaStateStore,
  ScheduleAnswer,
  ScheduledCommittee,
  ValidatorSource,
  Verdict,
} from '@zkstack/storage'
