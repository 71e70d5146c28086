// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// Checks a proof that a program, named by its verifying key, ended with these public values.
interface ISP1Verifier {
    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external view;
}

/// Finds the program and the verifier of a pessimistic proof by the selectors before it.
interface IAggLayerGateway {
    function verifyPessimisticProof(bytes calldata publicValues, bytes calldata proofBytes) external view;
}

/// What the rollup manager asks the contract of a chain.
interface IChain {
    function getConsensusHash() external view returns (bytes32);
    function getAggchainHash(bytes calldata aggchainData) external view returns (bytes32);
    function onVerifyPessimistic(bytes calldata aggchainData) external;
}

/// What others ask the manager of global exit roots.
interface IGlobalExitRootManager {
    function updateExitRoot(bytes32 newRoot) external;
    function l1InfoRootMap(uint32 leafCount) external view returns (bytes32);
    function globalExitRootMap(bytes32 globalExitRoot) external view returns (uint256);
    function lastMainnetExitRoot() external view returns (bytes32);
    function lastRollupExitRoot() external view returns (bytes32);
}
