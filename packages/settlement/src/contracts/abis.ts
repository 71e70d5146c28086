import { parseAbi } from 'viem'

/**
 * The rollup manager: what L1 knows of each chain, and the settlement transaction.
 * @see https://github.com/agglayer/agglayer-contracts (PolygonRollupManager)
 */
export const rollupManagerAbi = parseAbi([
  'function verifyPessimisticTrustedAggregator(uint32 rollupID, uint32 l1InfoTreeLeafCount, bytes32 newLocalExitRoot, bytes32 newPessimisticRoot, bytes proof, bytes aggchainData)',
  'function rollupIDToRollupDataV2(uint32 rollupID) view returns ((address rollupContract, uint64 chainID, address verifier, uint64 forkID, bytes32 lastLocalExitRoot, uint64 lastBatchSequenced, uint64 lastVerifiedBatch, uint64 lastVerifiedBatchBeforeUpgrade, uint64 rollupTypeID, uint8 rollupVerifierType, bytes32 lastPessimisticRoot, bytes32 programVKey) rollupData)',
  'function rollupIDToRollupData(uint32 rollupID) view returns ((address rollupContract, uint64 chainID, address verifier, uint64 forkID, bytes32 lastLocalExitRoot, uint64 lastBatchSequenced, uint64 lastVerifiedBatch, uint64 legacyLastPendingState, uint64 legacyLastPendingStateConsolidated, uint64 lastVerifiedBatchBeforeUpgrade, uint64 rollupTypeID, uint8 rollupVerifierType) rollupData)',
  'function getInputPessimisticBytes(uint32 rollupID, bytes32 l1InfoTreeRoot, bytes32 newLocalExitRoot, bytes32 newPessimisticRoot, bytes aggchainData) view returns (bytes)',
  'function getRollupExitRoot() view returns (bytes32)',
  'event VerifyPessimisticStateTransition(uint32 indexed rollupID, bytes32 prevPessimisticRoot, bytes32 newPessimisticRoot, bytes32 prevLocalExitRoot, bytes32 newLocalExitRoot, bytes32 l1InfoRoot, address indexed trustedAggregator)',
  'event VerifyBatchesTrustedAggregator(uint32 indexed rollupID, uint64 numBatch, bytes32 stateRoot, bytes32 exitRoot, address indexed aggregator)',
  'error AddressDoNotHaveRequiredRole()',
  'error AggchainDataMustBeZeroForPessimisticVerifierType()',
  'error InvalidNewLocalExitRoot()',
  'error L1InfoTreeLeafCountInvalid()',
  'error StateTransitionChainsNotAllowed()',
])

/** The global exit root manager, and the L1 info tree. */
export const globalExitRootManagerAbi = parseAbi([
  'function l1InfoRootMap(uint32 leafCount) view returns (bytes32)',
  'function updateExitRoot(bytes32 newRoot)',
  'function globalExitRootMap(bytes32 globalExitRoot) view returns (uint256)',
  'function getLastGlobalExitRoot() view returns (bytes32)',
  'function lastMainnetExitRoot() view returns (bytes32)',
  'function lastRollupExitRoot() view returns (bytes32)',
  'event InitL1InfoRootMap(uint32 leafCount, bytes32 currentL1InfoRoot)',
  'event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot)',
  'event UpdateL1InfoTreeV2(bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp)',
])

/** The contract of one chain: who vouches for it. */
export const chainAbi = parseAbi([
  'function trustedSequencer() view returns (address)',
  'function getConsensusHash() view returns (bytes32)',
  'function getAggchainHash(bytes aggchainData) view returns (bytes32)',
  'function getAggchainVKey(bytes4 selector) view returns (bytes32)',
  'function getAggchainSigners() view returns (address[])',
  'function getThreshold() view returns (uint256)',
  'function onVerifyPessimistic(bytes aggchainData)',
])

/** The gateway, and the SP1 verifiers behind it. */
export const gatewayAbi = parseAbi([
  'function verifyPessimisticProof(bytes publicValues, bytes proofBytes) view',
  'function verifyProof(bytes32 programVKey, bytes publicValues, bytes proofBytes) view',
  'error RouteNotFound(bytes4 selector)',
  'error RouteIsFrozen(bytes4 selector)',
  'error WrongVerifierSelector(bytes4 received, bytes4 expected)',
])

/** The bridge on L1. */
export const bridgeAbi = parseAbi([
  'function bridgeAsset(uint32 destinationNetwork, address destinationAddress, uint256 amount, address token, bool forceUpdateGlobalExitRoot, bytes permitData) payable',
  'function bridgeMessage(uint32 destinationNetwork, address destinationAddress, bool forceUpdateGlobalExitRoot, bytes metadata) payable',
  'function claimAsset(bytes32[32] smtProofLocalExitRoot, bytes32[32] smtProofRollupExitRoot, uint256 globalIndex, bytes32 mainnetExitRoot, bytes32 rollupExitRoot, uint32 originNetwork, address originTokenAddress, uint32 destinationNetwork, address destinationAddress, uint256 amount, bytes metadata)',
  'function claimMessage(bytes32[32] smtProofLocalExitRoot, bytes32[32] smtProofRollupExitRoot, uint256 globalIndex, bytes32 mainnetExitRoot, bytes32 rollupExitRoot, uint32 originNetwork, address originAddress, uint32 destinationNetwork, address destinationAddress, uint256 amount, bytes metadata)',
  'function isClaimed(uint32 leafIndex, uint32 sourceBridgeNetwork) view returns (bool)',
  'function getRoot() view returns (bytes32)',
  'function depositCount() view returns (uint256)',
  'function updateGlobalExitRoot()',
  'event BridgeEvent(uint8 leafType, uint32 originNetwork, address originAddress, uint32 destinationNetwork, address destinationAddress, uint256 amount, bytes metadata, uint32 depositCount)',
  'event ClaimEvent(uint256 globalIndex, uint32 originNetwork, address originAddress, address destinationAddress, uint256 amount)',
])
