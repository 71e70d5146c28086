export type { DecodeOptions } from './codec/canonical-reader.js'
export {
  encodeView,
  decodeView,
  sameView,
  compareViews,
  verifyView,
  type View,
  type ViewVerifyError,
} from './messages/view.js'
export {
  encodeBlockHeader,
  decodeBlockHeader,
  sameBlockHeader,
  type BlockHeader,
} from './messages/block-header.js'
export {
  encodeReplicaCommit,
  decodeReplicaCommit,
  sameReplicaCommit,
  validateReplicaCommit,
  verifyReplicaCommit,
  type ReplicaCommit,
  type ReplicaCommitVerifyError,
} from './messages/replica-commit.js'
export { Signers } from './messages/signers.js'
export {
  encodeCommitQC,
  decodeCommitQC,
  emptyCommitQC,
  sameCommitQC,
  type CommitQC,
} from './messages/commit-qc.js'
export { commitQcClaims, timeoutQcClaims } from './messages/qc-claims.js'
export {
  addToCommitQC,
  validateCommitQC,
  verifyCommitQC,
  type AggregateVerifier,
  type CommitQCAddError,
  type CommitQCVerifyError,
} from './messages/verify-commit-qc.js'
export {
  compareReplicaTimeouts,
  encodeReplicaTimeout,
  decodeReplicaTimeout,
  sameReplicaTimeout,
  type ReplicaTimeout,
} from './messages/replica-timeout.js'
export {
  validateReplicaTimeout,
  verifyReplicaTimeout,
  type ReplicaTimeoutVerifyError,
} from './messages/verify-replica-timeout.js'
export {
  encodeTimeoutQC,
  decodeTimeoutQC,
  emptyTimeoutQC,
  sameTimeoutQC,
  sortTimeoutQcEntries,
  timeoutQcWeight,
  type TimeoutQC,
  type TimeoutQCEntry,
} from './messages/timeout-qc.js'
export {
  addToTimeoutQC,
  validateTimeoutQC,
  verifyTimeoutQC,
  type TimeoutQCAddError,
  type TimeoutQCVerifyError,
} from './messages/verify-timeout-qc.js'
export { highQcOf, highVoteOf } from './messages/high-vote.js'
export {
  encodeJustification,
  decodeJustification,
  impliedBlock,
  justificationView,
  type ImpliedBlock,
  type ProposalJustification,
} from './messages/justification.js'
export {
  validateJustification,
  validateLeaderProposal,
  validateReplicaNewView,
  verifyJustification,
  verifyLeaderProposal,
  verifyReplicaNewView,
  type JustificationVerifyError,
  type LeaderProposalVerifyError,
  type ReplicaNewViewVerifyError,
} from './messages/verify-justification.js'
export {
  encodeConsensusMsg,
  decodeConsensusMsg,
  labelOf,
  viewOf,
  type ConsensusMsg,
  type LeaderProposal,
  type MessageLabel,
  type ReplicaNewView,
} from './messages/consensus-msg.js'
export {
  encodeMsg,
  decodeMsg,
  hashAnyMsg,
  hashMsg,
  hashPayload,
  payloadHashOf,
  type Msg,
} from './messages/msg.js'
export {
  HashedProposal,
  type ProposalHasher,
  type ProposalToHash,
} from './messages/hashed-proposal.js'
export { hashPayloadBySteps } from './messages/hash-payload-by-steps.js'
export { payloadPartBytes, payloadPartCount, PayloadHasher } from './messages/payload-hasher.js'
export {
  encodeSigned,
  decodeSigned,
  encodeAnySigned,
  decodeAnySigned,
  signMsg,
  signAnyMsg,
  verifySigned,
  verifyAnySigned,
  type Signed,
  type SignedMsg,
} from './messages/signed.js'
export { conflictOf, type ConflictKind } from './evidence/conflict.js'
export {
  createEvidence,
  decodeEvidence,
  encodeEvidence,
  type Evidence,
} from './evidence/evidence.js'
export { verifyEvidence, type EvidenceError, type ProvenFault } from './evidence/verify-evidence.js'
export { qcKey, type VerifiedQcs, type VerifyOptions } from './messages/qc-key.js'
export {
  createFinalBlock,
  encodeBlock,
  encodeBlockPieces,
  joinFinalBlock,
  decodeBlock,
  encodeFinalBlock,
  decodeFinalBlock,
  type Block,
  type FinalBlock,
  type PreGenesisBlock,
} from './messages/block.js'
export {
  validateFinalBlock,
  verifyFinalBlock,
  verifyFinalBlockAsync,
  type FinalBlockVerifyAsyncOptions,
  type FinalBlockVerifyError,
} from './messages/verify-final-block.js'
export {
  defaultReplicaState,
  encodeReplicaState,
  decodeReplicaState,
  type Phase,
  type Proposal,
  type ReplicaState,
} from './messages/replica-state.js'
export {
  encodeNetAddress,
  decodeNetAddress,
  isNewerNetAddress,
  type NetAddress,
} from './messages/net-address.js'
export { decodeRateLimit, encodeRateLimit, type RateLimit } from './messages/rate-limit.js'
export {
  normalizeTimestamp,
  type Duration,
  type SocketAddress,
  type Timestamp,
} from './messages/std.js'
export { maxMessageBytes, type MessageSizeParameters } from './messages/max-message-bytes.js'
export type { EpochScope } from './messages/epoch-scope.js'
export { hashEpoch } from './epoch/epoch-hash.js'
export {
  decodeEpochCertificate,
  decodeEpochRecord,
  encodeEpochCertificate,
  encodeEpochRecord,
  epochScopeOf,
  type EpochCertificate,
  type EpochRecord,
} from './epoch/epoch-record.js'
export {
  certifyEpoch,
  decodeEpochVote,
  encodeEpochVote,
  verifyEpochVote,
  type EpochVote,
} from './epoch/epoch-vote.js'
export { verifyEpochRecord, type EpochRecordError } from './epoch/verify-epoch-record.js'
export {
  EpochChain,
  type ChainBlockError,
  type ChainEpochError,
  type ChainStartError,
} from './light-client/epoch-chain.js'
export {
  decodeEpochRecords,
  encodeEpochRecords,
  type DecodeEpochRecordsOptions,
} from './light-client/epoch-records.js'
export { verifyChain, type ChainError, type ChainProof } from './light-client/verify-chain.js'
export { Schedule, type Validator } from './schedule/schedule.js'
export type { ScheduleError, ScheduleSpec, ValidatorSpec } from './schedule/schedule-spec.js'
export { encodeSchedule } from './schedule/encode-schedule.js'
export { decodeSchedule } from './schedule/decode-schedule.js'
export { thresholds, type Thresholds } from './schedule/thresholds.js'
export { defaultLeaderSelection, type LeaderSelection } from './schedule/leader-selection.js'
export {
  createGenesis,
  PROTOCOL_VERSION,
  sameGenesis,
  type Genesis,
  type GenesisError,
  type GenesisSpec,
} from './genesis/genesis.js'
export { encodeGenesis } from './genesis/encode-genesis.js'
export { decodeGenesis, type DecodeGenesisOptions } from './genesis/decode-genesis.js'
export { genesisToJson } from './genesis/genesis-to-json.js'
export {
  parseGenesis,
  type GenesisFileError,
  type ParseGenesisOptions,
} from './genesis/parse-genesis.js'
export {
  verifyProofsOfPossession,
  verifySchedulePossession,
  type PossessionError,
} from './genesis/proofs-of-possession.js'
export {
  generateValidatorKey,
  parseValidatorKey,
  ValidatorSecretKey,
} from './keys/validator-secret-key.js'
export {
  formatAggregateSignature,
  formatProofOfPossession,
  formatValidatorPublicKey,
  formatValidatorSignature,
  parseAggregateSignature,
  parseProofOfPossession,
  parseValidatorPublicKey,
  parseValidatorSignature,
  type TaggedBytes,
} from './keys/validator-text.js'
export {
  formatGenesisHash,
  formatMsgHash,
  formatPayloadHash,
  parseGenesisHash,
  parseMsgHash,
  parsePayloadHash,
} from './keys/hash-text.js'
export { formatSocketAddress, parseSocketAddress } from './keys/socket-address-text.js'
export type { TextError } from './keys/text-form.js'
