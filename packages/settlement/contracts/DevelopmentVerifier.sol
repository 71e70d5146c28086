// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISP1Verifier} from "./Interfaces.sol";

/// FOR DEVELOPMENT ONLY: takes the hash of a statement for its proof. It sees that both sides computed the same public values, byte
/// for byte, and protects from nobody.
contract DevelopmentVerifier is ISP1Verifier {
    error InvalidProof();

    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external pure {
        if (proofBytes.length != 32) revert InvalidProof();
        if (bytes32(proofBytes) != keccak256(abi.encodePacked(programVKey, publicValues))) revert InvalidProof();
    }
}
