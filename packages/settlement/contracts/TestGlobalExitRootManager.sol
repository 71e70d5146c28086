// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {GlobalExitRootManager} from "./GlobalExitRootManager.sol";

/// FOR TESTS ONLY: anybody may set roots of the L1 info tree, so that certificates of another L1 can be settled on this one.
contract TestGlobalExitRootManager is GlobalExitRootManager {
    mapping(uint32 leafCount => bool) private _isSetForTests;

    constructor(address rollupManager_, address bridgeAddress_) GlobalExitRootManager(rollupManager_, bridgeAddress_) {}

    /// FOR TESTS ONLY: claims that the L1 info tree had this root when it had so many leaves, now and when it has. The tree and its
    /// events stay as they are, for those who follow them.
    function setL1InfoRootForTests(uint32 leafCount, bytes32 root) external {
        _isSetForTests[leafCount] = true;
        l1InfoRootMap[leafCount] = root;
    }

    function _setL1InfoRoot(uint32 leafCount, bytes32 root) internal override {
        if (!_isSetForTests[leafCount]) super._setL1InfoRoot(leafCount, root);
    }
}
