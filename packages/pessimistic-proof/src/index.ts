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
export { hashPair } from './hashes/hash-pair.js'
