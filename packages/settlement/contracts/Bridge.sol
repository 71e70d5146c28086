// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ExitTree} from "./ExitTree.sol";
import {IGlobalExitRootManager} from "./Interfaces.sol";

/// Takes ether that goes to a chain, and pays out what chains have settled. Other tokens are not served.
contract Bridge is ExitTree {
    uint8 private constant ASSET = 0;
    uint8 private constant MESSAGE = 1;
    uint32 private constant MAINNET = 0;
    uint256 private constant MAINNET_FLAG = 1 << 64;

    /// What a claim is about: the leaf, and where it is.
    struct Claim {
        uint8 leafType;
        uint256 globalIndex;
        uint32 originNetwork;
        address originAddress;
        uint32 destinationNetwork;
        address destinationAddress;
        uint256 amount;
        bytes32 metadataHash;
    }

    address public immutable admin;
    IGlobalExitRootManager public globalExitRootManager;
    mapping(uint256 globalIndex => bool) private _claimed;

    event BridgeEvent(
        uint8 leafType,
        uint32 originNetwork,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes metadata,
        uint32 depositCount
    );
    event ClaimEvent(
        uint256 globalIndex, uint32 originNetwork, address originAddress, address destinationAddress, uint256 amount
    );

    error AlreadyClaimed();
    error AmountDoesNotMatchMsgValue();
    error DestinationNetworkInvalid();
    error EtherTransferFailed();
    error GlobalExitRootInvalid();
    error InvalidSmtProof();
    error MessageFailed();
    error OnlyEther();

    constructor() {
        admin = msg.sender;
    }

    function initialize(IGlobalExitRootManager globalExitRootManager_) external {
        require(msg.sender == admin && address(globalExitRootManager) == address(0));
        globalExitRootManager = globalExitRootManager_;
    }

    function networkID() external pure returns (uint32) {
        return MAINNET;
    }

    /// Sends ether to an account of a chain.
    function bridgeAsset(
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        address token,
        bool forceUpdateGlobalExitRoot,
        bytes calldata
    ) external payable {
        if (token != address(0)) revert OnlyEther();
        if (msg.value != amount) revert AmountDoesNotMatchMsgValue();
        _leave(ASSET, address(0), destinationNetwork, destinationAddress, amount, "");
        if (forceUpdateGlobalExitRoot) updateGlobalExitRoot();
    }

    /// Sends a message, and ether with it, to an account of a chain.
    function bridgeMessage(
        uint32 destinationNetwork,
        address destinationAddress,
        bool forceUpdateGlobalExitRoot,
        bytes calldata metadata
    ) external payable {
        _leave(MESSAGE, msg.sender, destinationNetwork, destinationAddress, msg.value, metadata);
        if (forceUpdateGlobalExitRoot) updateGlobalExitRoot();
    }

    /// Pays out an asset that left a chain.
    function claimAsset(
        bytes32[32] calldata smtProofLocalExitRoot,
        bytes32[32] calldata smtProofRollupExitRoot,
        uint256 globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        uint32 originNetwork,
        address originTokenAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes calldata metadata
    ) external {
        if (originNetwork != MAINNET || originTokenAddress != address(0)) revert OnlyEther();
        Claim memory claim = Claim(
            ASSET,
            globalIndex,
            originNetwork,
            originTokenAddress,
            destinationNetwork,
            destinationAddress,
            amount,
            keccak256(metadata)
        );
        _check(claim, smtProofLocalExitRoot, smtProofRollupExitRoot, mainnetExitRoot, rollupExitRoot);
        (bool success,) = destinationAddress.call{value: amount}("");
        if (!success) revert EtherTransferFailed();
    }

    /// Delivers a message that left a chain, and the ether with it.
    function claimMessage(
        bytes32[32] calldata smtProofLocalExitRoot,
        bytes32[32] calldata smtProofRollupExitRoot,
        uint256 globalIndex,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot,
        uint32 originNetwork,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes calldata metadata
    ) external {
        Claim memory claim = Claim(
            MESSAGE,
            globalIndex,
            originNetwork,
            originAddress,
            destinationNetwork,
            destinationAddress,
            amount,
            keccak256(metadata)
        );
        _check(claim, smtProofLocalExitRoot, smtProofRollupExitRoot, mainnetExitRoot, rollupExitRoot);
        (bool success,) = destinationAddress.call{value: amount}(
            abi.encodeWithSignature("onMessageReceived(address,uint32,bytes)", originAddress, originNetwork, metadata)
        );
        if (!success) revert MessageFailed();
    }

    function isClaimed(uint32 leafIndex, uint32 sourceBridgeNetwork) external view returns (bool) {
        return _claimed[sourceBridgeNetwork == MAINNET
            ? MAINNET_FLAG | leafIndex
            : (uint256(sourceBridgeNetwork - 1) << 32) | leafIndex];
    }

    /// Makes what was sent so far part of the global exit root.
    function updateGlobalExitRoot() public {
        globalExitRootManager.updateExitRoot(getRoot());
    }

    function getLeafValue(
        uint8 leafType,
        uint32 originNetwork,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes32 metadataHash
    ) public pure returns (bytes32) {
        return keccak256(
            abi.encodePacked(
                leafType, originNetwork, originAddress, destinationNetwork, destinationAddress, amount, metadataHash
            )
        );
    }

    function _leave(
        uint8 leafType,
        address originAddress,
        uint32 destinationNetwork,
        address destinationAddress,
        uint256 amount,
        bytes memory metadata
    ) private {
        if (destinationNetwork == MAINNET) revert DestinationNetworkInvalid();
        emit BridgeEvent(
            leafType,
            MAINNET,
            originAddress,
            destinationNetwork,
            destinationAddress,
            amount,
            metadata,
            uint32(depositCount)
        );
        _append(
            getLeafValue(
                leafType,
                MAINNET,
                originAddress,
                destinationNetwork,
                destinationAddress,
                amount,
                keccak256(metadata)
            )
        );
    }

    function _check(
        Claim memory claim,
        bytes32[32] calldata smtProofLocalExitRoot,
        bytes32[32] calldata smtProofRollupExitRoot,
        bytes32 mainnetExitRoot,
        bytes32 rollupExitRoot
    ) private {
        if (claim.destinationNetwork != MAINNET) revert DestinationNetworkInvalid();
        if (globalExitRootManager.globalExitRootMap(_hash(mainnetExitRoot, rollupExitRoot)) == 0) {
            revert GlobalExitRootInvalid();
        }
        // What left L1 itself does not come back by a claim.
        if (claim.globalIndex >> 64 != 0) revert InvalidSmtProof();
        bytes32 localExitRoot = _fold(_leafOf(claim), smtProofLocalExitRoot, uint32(claim.globalIndex));
        bytes32 root = _fold(localExitRoot, smtProofRollupExitRoot, uint32(claim.globalIndex >> 32));
        if (root != rollupExitRoot) revert InvalidSmtProof();
        if (_claimed[claim.globalIndex]) revert AlreadyClaimed();
        _claimed[claim.globalIndex] = true;
        emit ClaimEvent(
            claim.globalIndex, claim.originNetwork, claim.originAddress, claim.destinationAddress, claim.amount
        );
    }

    function _leafOf(Claim memory claim) private pure returns (bytes32) {
        return getLeafValue(
            claim.leafType,
            claim.originNetwork,
            claim.originAddress,
            claim.destinationNetwork,
            claim.destinationAddress,
            claim.amount,
            claim.metadataHash
        );
    }
}
