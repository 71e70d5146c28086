// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IAggLayerGateway, ISP1Verifier} from "./Interfaces.sol";

/// The programs and verifiers that chains of the type ALGateway settle with, by the selector before a proof, and the default keys of
/// aggchain programs.
contract AggLayerGateway is IAggLayerGateway {
    struct Route {
        address verifier;
        bytes32 pessimisticVKey;
        bool frozen;
    }

    address public immutable admin;
    mapping(bytes4 selector => Route) public pessimisticVKeyRoutes;
    mapping(bytes4 selector => bytes32 vkey) public defaultAggchainVKeys;

    error AddressDoNotHaveRequiredRole();
    error AggchainVKeyNotFound();
    error InvalidProofBytesLength();
    error RouteIsFrozen(bytes4 selector);
    error RouteNotFound(bytes4 selector);

    modifier onlyAdmin() {
        if (msg.sender != admin) revert AddressDoNotHaveRequiredRole();
        _;
    }

    constructor() {
        admin = msg.sender;
    }

    function addPessimisticVKeyRoute(bytes4 selector, address verifier, bytes32 pessimisticVKey) external onlyAdmin {
        pessimisticVKeyRoutes[selector] = Route(verifier, pessimisticVKey, false);
    }

    function freezePessimisticVKeyRoute(bytes4 selector) external onlyAdmin {
        pessimisticVKeyRoutes[selector].frozen = true;
    }

    function addDefaultAggchainVKey(bytes4 selector, bytes32 vkey) external onlyAdmin {
        defaultAggchainVKeys[selector] = vkey;
    }

    function getDefaultAggchainVKey(bytes4 selector) external view returns (bytes32 vkey) {
        vkey = defaultAggchainVKeys[selector];
        if (vkey == bytes32(0)) revert AggchainVKeyNotFound();
    }

    /// `proofBytes`: selector of the program (4), then a proof as its verifier takes it.
    function verifyPessimisticProof(bytes calldata publicValues, bytes calldata proofBytes) external view {
        if (proofBytes.length < 4) revert InvalidProofBytesLength();
        bytes4 selector = bytes4(proofBytes[:4]);
        Route memory route = pessimisticVKeyRoutes[selector];
        if (route.verifier == address(0)) revert RouteNotFound(selector);
        if (route.frozen) revert RouteIsFrozen(selector);
        ISP1Verifier(route.verifier).verifyProof(route.pessimisticVKey, publicValues, proofBytes[4:]);
    }
}
