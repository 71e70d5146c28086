// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IChain} from "./Interfaces.sol";

/// Who vouches for a chain: a trusted sequencer, or signers and a threshold, with or without a program of its own.
contract Chain is IChain {
    uint32 private constant ECDSA_CONSENSUS = 0;
    uint32 private constant AGGCHAIN_CONSENSUS = 1;

    address public immutable admin;
    address public trustedSequencer;
    address[] private _signers;
    uint256 private _threshold;
    mapping(bytes4 selector => bytes32 vkey) private _aggchainVKeys;
    /// Settlements so far.
    uint256 public settlements;

    event OnVerifyPessimistic(bytes aggchainData);

    error AddressDoNotHaveRequiredRole();
    error AggchainVKeyNotFound();
    error InvalidAggchainData();

    modifier onlyAdmin() {
        if (msg.sender != admin) revert AddressDoNotHaveRequiredRole();
        _;
    }

    constructor(address trustedSequencer_, address[] memory signers_, uint256 threshold_) {
        admin = msg.sender;
        trustedSequencer = trustedSequencer_;
        _signers = signers_;
        _threshold = threshold_;
    }

    function setTrustedSequencer(address trustedSequencer_) external onlyAdmin {
        trustedSequencer = trustedSequencer_;
    }

    function setAggchainVKey(bytes4 selector, bytes32 vkey) external onlyAdmin {
        _aggchainVKeys[selector] = vkey;
    }

    function getAggchainSigners() external view returns (address[] memory) {
        return _signers;
    }

    function getThreshold() external view returns (uint256) {
        return _threshold;
    }

    function getAggchainVKey(bytes4 selector) public view returns (bytes32 vkey) {
        vkey = _aggchainVKeys[selector];
        if (vkey == bytes32(0)) revert AggchainVKeyNotFound();
    }

    function getAggchainMultisigHash() public view returns (bytes32) {
        bytes memory signers = "";
        for (uint256 i = 0; i < _signers.length; i++) signers = abi.encodePacked(signers, uint256(uint160(_signers[i])));
        return keccak256(abi.encodePacked(_threshold, signers));
    }

    function getConsensusHash() external view returns (bytes32) {
        return keccak256(abi.encodePacked(ECDSA_CONSENSUS, trustedSequencer));
    }

    /// `aggchainData`: nothing, for a chain that signers alone vouch for; else `abi.encode(bytes4 selector, bytes32 params)`.
    function getAggchainHash(bytes calldata aggchainData) external view returns (bytes32) {
        bytes32 vkey = 0;
        bytes32 params = 0;
        if (aggchainData.length == 64) {
            (bytes4 selector, bytes32 given) = abi.decode(aggchainData, (bytes4, bytes32));
            (vkey, params) = (getAggchainVKey(selector), given);
        } else if (aggchainData.length != 0) {
            revert InvalidAggchainData();
        }
        return keccak256(abi.encodePacked(AGGCHAIN_CONSENSUS, vkey, params, getAggchainMultisigHash()));
    }

    function onVerifyPessimistic(bytes calldata aggchainData) external {
        settlements++;
        emit OnVerifyPessimistic(aggchainData);
    }
}
