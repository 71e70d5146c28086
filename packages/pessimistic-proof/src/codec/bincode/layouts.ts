import * as bridge from './bridge-layouts.js'
import { proofError } from './proof-error-layout.js'
import * as proof from './proof-layouts.js'

/** The layouts of all types that upstream writes in bincode; certificates have functions of their own. */
export const layouts = {
  tokenInfo: bridge.tokenInfo,
  bridgeExit: bridge.bridgeExit,
  globalIndex: bridge.globalIndex,
  merkleProof: bridge.merkleProof,
  l1InfoTreeLeaf: bridge.l1InfoTreeLeaf,
  claim: bridge.claim,
  importedBridgeExit: bridge.importedBridgeExit,
  ecdsaSignature: bridge.ecdsaSignature,
  aggchainProofPublicValues: bridge.aggchainProofPublicValues,
  networkState: proof.networkState,
  multiBatchHeader: proof.multiBatchHeader,
  pessimisticProofOutput: proof.pessimisticProofOutput,
  proofError,
} as const
