// Types
export { address, type Address } from './types/address.js'
export type {
  AggchainData,
  AggchainProof,
  AggchainProofPublicValues,
  Multisig,
  Sp1StarkProof,
} from './types/aggchain-data.js'
export type { BridgeExit, LeafType, TokenInfo } from './types/bridge-exit.js'
export type { Certificate } from './types/certificate.js'
export type {
  Claim,
  ClaimFromMainnet,
  ClaimFromRollup,
  ImportedBridgeExit,
  L1InfoTreeLeaf,
  L1InfoTreeLeafInner,
  MerkleProof,
} from './types/claim.js'
export type { EcdsaSignature } from './types/ecdsa-signature.js'
export type { GlobalIndex } from './types/global-index.js'
export type {
  BalanceProof,
  ImportedBridgeExitWitness,
  MultiBatchHeader,
  MultiSignature,
  ProofAggchainData,
} from './types/multi-batch-header.js'
export { INVALID_ROLLUP_INDEX, MAINNET, type NetworkId } from './types/network-id.js'
export type { ExitTreeFrontier, NetworkState, StateCommitment } from './types/network-state.js'
export type { PessimisticProofOutput } from './types/pessimistic-proof-output.js'

// Hashes
export {
  aggchainHash,
  legacyConsensusHash,
  multisigHash,
  type AggchainHashParts,
} from './hashes/aggchain-hash.js'
export { aggchainPublicValuesDigest } from './hashes/aggchain-public-values-digest.js'
export { EMPTY_HASH, hashBridgeExit, hashTokenInfo } from './hashes/bridge-exit-hash.js'
export { certificateId, hashBridgeExits, hashImportedBridgeExits } from './hashes/certificate-id.js'
export {
  globalExitRoot,
  hashClaim,
  hashImportedBridgeExit,
  hashL1InfoTreeLeaf,
  hashMerkleProof,
} from './hashes/claim-hash.js'
export {
  globalIndexFromBigint,
  globalIndexToBigint,
  hashGlobalIndex,
  networkOfGlobalIndex,
} from './hashes/global-index-hash.js'
export { hashPair } from './hashes/hash-pair.js'
export {
  globalIndexWithLeafCommitment,
  importedBridgeExitsCommitmentV2,
  importedBridgeExitsCommitmentV3,
} from './hashes/imported-bridge-exits-commitment.js'
export {
  pessimisticRootV1,
  pessimisticRootV2,
  pessimisticRootV3,
} from './hashes/pessimistic-root.js'
export { recoverSigner } from './hashes/recover-signer.js'
export {
  signatureCommitmentV2,
  signatureCommitmentV3,
  signatureCommitmentV4,
  signatureCommitmentV5,
  type SignedCertificate,
  type SignedTransition,
} from './hashes/signature-commitment.js'

// Encodings
export {
  contracts,
  sp1Compatible,
  type Bincode,
  type BincodeCodec,
} from './codec/bincode/bincode.js'
export { layouts } from './codec/bincode/layouts.js'
export type { FormerProofError } from './codec/bincode/proof-error-layout.js'
export {
  decodePublicValues,
  encodePublicValues,
  PUBLIC_VALUES_BYTES,
} from './codec/bincode/public-values.js'
export type { CodecError, CodecErrorCode } from './codec/codec-error.js'
export { certificateToJson, parseCertificate } from './codec/json/certificate-json.js'
export { parseWithdrawals, type Withdrawal } from './codec/json/withdrawals.js'
export { decodeCertificate, encodeCertificate } from './codec/protobuf/certificate-message.js'
export {
  decodeStoredCertificate,
  encodeStoredCertificate,
  type StorageFormat,
} from './codec/stored-certificate.js'

export * as bincode from './codec/bincode/forms.js'
export * as json from './codec/json/forms.js'
export * as protobuf from './codec/protobuf/forms.js'

// Trees
export {
  BALANCE_TREE_DEPTH,
  balanceKey,
  balancePathRoot,
  BalanceTree,
  compareTokens,
  updatedBalanceRoot,
  type BalanceChange,
} from './trees/balance-tree.js'
export { changedNodes } from './trees/changed-nodes.js'
export {
  EMPTY_BALANCE_ROOT,
  EMPTY_LOCAL_EXIT_ROOT,
  EMPTY_NULLIFIER_ROOT,
  emptyHash,
  ZERO_HASH,
} from './trees/empty-hashes.js'
export { EXIT_TREE_DEPTH, inclusionRoot, verifyInclusion } from './trees/inclusion.js'
export { loadPaths, openTree } from './trees/load-paths.js'
export { LocalExitTree } from './trees/local-exit-tree.js'
export { LocalExitTreeData } from './trees/local-exit-tree-data.js'
export type { NodeStore, NodeStoreError, NodeStoreOptions, NodeWrite } from './trees/node-store.js'
export {
  NULLIFIER_TREE_DEPTH,
  nullifierKey,
  NullifierTree,
  updatedNullifierRoot,
} from './trees/nullifier-tree.js'
export { RollupExitTree } from './trees/rollup-exit-tree.js'
export type { SparseKey } from './trees/sparse-key.js'
export { SparseMerkleTree } from './trees/sparse-merkle-tree.js'
export type { TreePlace } from './trees/sparse-node-record.js'
export type { LocalExitTreeError, SmtError } from './trees/tree-error.js'

// SP1 proofs
export { sp1Circuits, type Sp1Circuit, type Sp1ProofSystem } from './sp1/circuits.js'
export { pessimisticVKeyRoutes, type PessimisticVKeyRoute } from './sp1/pessimistic-routes.js'
export type { Sp1Error, Sp1KeyFault, Sp1ProofFault } from './sp1/sp1-error.js'
export { decodeProof, encodeProof } from './sp1/proof-record.js'
export { decodeSp1ProofFile } from './sp1/sp1-proof-file.js'
export type { Sp1ProofFile } from './sp1/sp1-proof-layout.js'
export { sp1ProofFileOf } from './sp1/sp1-proof-file-of.js'
export type { Sp1ProofClaim, Sp1Statement } from './sp1/sp1-claim.js'
export { Sp1Verifier } from './sp1/sp1-verifier.js'
export { verifySp1Proof } from './sp1/verify-sp1-proof.js'
export { verifyGatewayProof, type GatewayError } from './sp1/verify-gateway-proof.js'

// Transition
export { amountTokenInfo, L1_ETH } from './transition/amount-token-info.js'
export { generatePessimisticProof } from './transition/generate-pessimistic-proof.js'
export {
  EMPTY_PESSIMISTIC_ROOT_V2,
  pessimisticRoot,
  type PessimisticRootVersion,
  type SettledHeight,
} from './transition/pessimistic-root-version.js'
export type {
  ImportedBridgeExitError,
  MultisigError,
  ProofError,
} from './transition/proof-error.js'

export { multisigError } from './transition/verify-multisig.js'

// Witness
export { applyCertificate, type AppliedCertificate } from './witness/apply-certificate.js'
export type { AggchainDataError, CertificateError } from './witness/certificate-error.js'
export {
  declaredL1InfoRoot,
  l1InfoTreeLeafCount,
  type MultipleL1InfoRootError,
} from './witness/certificate-l1-info.js'
export type { AggchainContext, L1Context } from './witness/l1-context.js'
export {
  EMPTY_LOCAL_NETWORK_STATE,
  networkStateOf,
  sameState,
  stateCommitment,
  type LocalNetworkState,
} from './witness/local-network-state.js'
export {
  loadForCertificate,
  openNetworkState,
  saveNetworkState,
} from './witness/network-state-store.js'

// Prover
export { nativeProver } from './prover/native-prover.js'
export type {
  CallOptions,
  EnvelopeError,
  ProofEnvelope,
  Prover,
  ProverError,
  ProverInput,
} from './prover/prover.js'
export {
  verifySettlement,
  type SettlementClaim,
  type SettlementError,
  type VerifiedSettlement,
} from './prover/verify-settlement.js'
export { verifySp1Envelope } from './prover/verify-sp1-envelope.js'
