// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ExitTree} from "./ExitTree.sol";
import {IGlobalExitRootManager} from "./Interfaces.sol";

/// The global exit root and the L1 info tree, whose leaves are the global exit roots of the past.
contract GlobalExitRootManager is ExitTree, IGlobalExitRootManager {
    address public immutable rollupManager;
    address public immutable bridgeAddress;
    bytes32 public lastRollupExitRoot;
    bytes32 public lastMainnetExitRoot;
    /// Block number at which a global exit root came to be.
    mapping(bytes32 globalExitRoot => uint256 blockNumber) public globalExitRootMap;
    /// Root of the L1 info tree by its number of leaves.
    mapping(uint32 leafCount => bytes32 root) public l1InfoRootMap;

    event InitL1InfoRootMap(uint32 leafCount, bytes32 currentL1InfoRoot);
    event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot);
    event UpdateL1InfoTreeV2(
        bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp
    );

    error OnlyAllowedContracts();

    constructor(address rollupManager_, address bridgeAddress_) {
        rollupManager = rollupManager_;
        bridgeAddress = bridgeAddress_;
        bytes32 root = getRoot();
        l1InfoRootMap[0] = root;
        emit InitL1InfoRootMap(0, root);
    }

    function getLastGlobalExitRoot() public view returns (bytes32) {
        return _hash(lastMainnetExitRoot, lastRollupExitRoot);
    }

    /// Takes a new exit root of the bridge or of the rollups.
    function updateExitRoot(bytes32 newRoot) external {
        if (msg.sender == bridgeAddress) lastMainnetExitRoot = newRoot;
        else if (msg.sender == rollupManager) lastRollupExitRoot = newRoot;
        else revert OnlyAllowedContracts();
        bytes32 globalExitRoot = getLastGlobalExitRoot();
        if (globalExitRootMap[globalExitRoot] != 0) return;
        globalExitRootMap[globalExitRoot] = block.number;
        bytes32 parent = blockhash(block.number - 1);
        uint64 timestamp = uint64(block.timestamp);
        _append(keccak256(abi.encodePacked(globalExitRoot, parent, timestamp)));
        uint32 leafCount = uint32(depositCount);
        bytes32 root = getRoot();
        _setL1InfoRoot(leafCount, root);
        emit UpdateL1InfoTree(lastMainnetExitRoot, lastRollupExitRoot);
        emit UpdateL1InfoTreeV2(root, leafCount, uint256(parent), timestamp);
    }

    function _setL1InfoRoot(uint32 leafCount, bytes32 root) internal virtual {
        l1InfoRootMap[leafCount] = root;
    }
}
