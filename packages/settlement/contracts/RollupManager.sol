// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IAggLayerGateway, IChain, IGlobalExitRootManager, ISP1Verifier} from "./Interfaces.sol";

/// What L1 knows of each chain, and the settlement of its exits by pessimistic proofs. Chains that prove their state transition
/// are not served.
contract RollupManager {
    enum VerifierType {
        StateTransition,
        Pessimistic,
        ALGateway
    }

    struct RollupDataReturn {
        address rollupContract;
        uint64 chainID;
        address verifier;
        uint64 forkID;
        bytes32 lastLocalExitRoot;
        uint64 lastBatchSequenced;
        uint64 lastVerifiedBatch;
        uint64 legacyLastPendingState;
        uint64 legacyLastPendingStateConsolidated;
        uint64 lastVerifiedBatchBeforeUpgrade;
        uint64 rollupTypeID;
        VerifierType rollupVerifierType;
    }

    struct RollupDataReturnV2 {
        address rollupContract;
        uint64 chainID;
        address verifier;
        uint64 forkID;
        bytes32 lastLocalExitRoot;
        uint64 lastBatchSequenced;
        uint64 lastVerifiedBatch;
        uint64 lastVerifiedBatchBeforeUpgrade;
        uint64 rollupTypeID;
        VerifierType rollupVerifierType;
        bytes32 lastPessimisticRoot;
        bytes32 programVKey;
    }

    address public immutable admin;
    IGlobalExitRootManager public globalExitRootManager;
    IAggLayerGateway public aggLayerGateway;
    /// The highest number of a chain; chains are numbered from 1 on, and the number is their network's id.
    uint32 public rollupCount;
    mapping(address account => bool) public isTrustedAggregator;
    mapping(uint32 rollupID => RollupDataReturnV2) private _rollups;

    event VerifyBatchesTrustedAggregator(
        uint32 indexed rollupID, uint64 numBatch, bytes32 stateRoot, bytes32 exitRoot, address indexed aggregator
    );
    event VerifyPessimisticStateTransition(
        uint32 indexed rollupID,
        bytes32 prevPessimisticRoot,
        bytes32 newPessimisticRoot,
        bytes32 prevLocalExitRoot,
        bytes32 newLocalExitRoot,
        bytes32 l1InfoRoot,
        address indexed trustedAggregator
    );

    error AddressDoNotHaveRequiredRole();
    error AggchainDataMustBeZeroForPessimisticVerifierType();
    error L1InfoTreeLeafCountInvalid();
    error RollupMustExist();
    error StateTransitionChainsNotAllowed();

    modifier onlyAdmin() {
        if (msg.sender != admin) revert AddressDoNotHaveRequiredRole();
        _;
    }

    constructor() {
        admin = msg.sender;
    }

    function initialize(IGlobalExitRootManager globalExitRootManager_, IAggLayerGateway aggLayerGateway_)
        external
        onlyAdmin
    {
        globalExitRootManager = globalExitRootManager_;
        aggLayerGateway = aggLayerGateway_;
    }

    function setTrustedAggregator(address account, bool isTrusted) external onlyAdmin {
        isTrustedAggregator[account] = isTrusted;
    }

    /// Adds a chain, or replaces what is said of one.
    function addChain(
        uint32 rollupID,
        address rollupContract,
        uint64 chainID,
        address verifier,
        VerifierType verifierType,
        bytes32 programVKey
    ) external onlyAdmin {
        if (rollupID == 0) revert RollupMustExist();
        if (rollupID > rollupCount) rollupCount = rollupID;
        RollupDataReturnV2 storage rollup = _rollups[rollupID];
        rollup.rollupContract = rollupContract;
        rollup.chainID = chainID;
        rollup.verifier = verifier;
        rollup.rollupVerifierType = verifierType;
        rollup.programVKey = programVKey;
    }

    /// Settles the exits of a chain: its local exit root and its pessimistic root move on together.
    function verifyPessimisticTrustedAggregator(
        uint32 rollupID,
        uint32 l1InfoTreeLeafCount,
        bytes32 newLocalExitRoot,
        bytes32 newPessimisticRoot,
        bytes calldata proof,
        bytes calldata aggchainData
    ) external {
        if (!isTrustedAggregator[msg.sender]) revert AddressDoNotHaveRequiredRole();
        RollupDataReturnV2 storage rollup = _rollup(rollupID);
        VerifierType verifierType = rollup.rollupVerifierType;
        if (verifierType == VerifierType.StateTransition) revert StateTransitionChainsNotAllowed();
        if (verifierType == VerifierType.Pessimistic && aggchainData.length != 0) {
            revert AggchainDataMustBeZeroForPessimisticVerifierType();
        }
        bytes32 l1InfoRoot = globalExitRootManager.l1InfoRootMap(l1InfoTreeLeafCount);
        if (l1InfoRoot == bytes32(0)) revert L1InfoTreeLeafCountInvalid();
        bytes memory publicValues =
            _publicValues(rollupID, rollup, l1InfoRoot, newLocalExitRoot, newPessimisticRoot, aggchainData);
        if (verifierType == VerifierType.Pessimistic) {
            ISP1Verifier(rollup.verifier).verifyProof(rollup.programVKey, publicValues, proof);
        } else {
            aggLayerGateway.verifyPessimisticProof(publicValues, proof);
        }
        bytes32 prevLocalExitRoot = rollup.lastLocalExitRoot;
        bytes32 prevPessimisticRoot = rollup.lastPessimisticRoot;
        rollup.lastLocalExitRoot = newLocalExitRoot;
        rollup.lastPessimisticRoot = newPessimisticRoot;
        globalExitRootManager.updateExitRoot(getRollupExitRoot());
        emit VerifyBatchesTrustedAggregator(rollupID, 0, 0, newLocalExitRoot, msg.sender);
        emit VerifyPessimisticStateTransition(
            rollupID,
            prevPessimisticRoot,
            newPessimisticRoot,
            prevLocalExitRoot,
            newLocalExitRoot,
            l1InfoRoot,
            msg.sender
        );
        if (verifierType == VerifierType.ALGateway) {
            IChain(rollup.rollupContract).onVerifyPessimistic(aggchainData);
        }
    }

    /// The root over the local exit roots of all chains.
    function getRollupExitRoot() public view returns (bytes32) {
        uint256 size = rollupCount;
        bytes32[] memory nodes = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) nodes[i] = _rollups[uint32(i + 1)].lastLocalExitRoot;
        bytes32 empty = 0;
        bytes32 root = size == 0 ? bytes32(0) : nodes[0];
        for (uint256 height = 0; height < 32; height++) {
            uint256 pairs = (size + 1) / 2;
            for (uint256 i = 0; i < pairs; i++) {
                bytes32 right = 2 * i + 1 < size ? nodes[2 * i + 1] : empty;
                nodes[i] = keccak256(abi.encodePacked(nodes[2 * i], right));
            }
            empty = keccak256(abi.encodePacked(empty, empty));
            size = pairs;
            root = size == 0 ? empty : nodes[0];
        }
        return root;
    }

    /// The public values that a proof of a transition must have.
    function getInputPessimisticBytes(
        uint32 rollupID,
        bytes32 l1InfoTreeRoot,
        bytes32 newLocalExitRoot,
        bytes32 newPessimisticRoot,
        bytes calldata aggchainData
    ) external view returns (bytes memory) {
        RollupDataReturnV2 storage rollup = _rollup(rollupID);
        return _publicValues(rollupID, rollup, l1InfoTreeRoot, newLocalExitRoot, newPessimisticRoot, aggchainData);
    }

    function rollupIDToRollupDataV2(uint32 rollupID) external view returns (RollupDataReturnV2 memory) {
        return _rollups[rollupID];
    }

    function rollupIDToRollupData(uint32 rollupID) external view returns (RollupDataReturn memory data) {
        RollupDataReturnV2 storage rollup = _rollups[rollupID];
        data.rollupContract = rollup.rollupContract;
        data.chainID = rollup.chainID;
        data.verifier = rollup.verifier;
        data.forkID = rollup.forkID;
        data.lastLocalExitRoot = rollup.lastLocalExitRoot;
        data.rollupTypeID = rollup.rollupTypeID;
        data.rollupVerifierType = rollup.rollupVerifierType;
    }

    function _rollup(uint32 rollupID) private view returns (RollupDataReturnV2 storage rollup) {
        rollup = _rollups[rollupID];
        if (rollup.rollupContract == address(0)) revert RollupMustExist();
    }

    function _publicValues(
        uint32 rollupID,
        RollupDataReturnV2 storage rollup,
        bytes32 l1InfoRoot,
        bytes32 newLocalExitRoot,
        bytes32 newPessimisticRoot,
        bytes calldata aggchainData
    ) private view returns (bytes memory) {
        IChain chain = IChain(rollup.rollupContract);
        bytes32 vouched = rollup.rollupVerifierType == VerifierType.Pessimistic
            ? chain.getConsensusHash()
            : chain.getAggchainHash(aggchainData);
        return abi.encodePacked(
            rollup.lastLocalExitRoot,
            rollup.lastPessimisticRoot,
            l1InfoRoot,
            rollupID,
            vouched,
            newLocalExitRoot,
            newPessimisticRoot
        );
    }
}
