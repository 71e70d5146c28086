// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISP1Verifier} from "./Interfaces.sol";

/// Verifies SP1 proofs wrapped by Groth16 over BN254, with the curve's precompiles. One contract for each circuit; its key is given at
/// deployment, the points of G2 negated and in the order of the precompile (imaginary part first).
contract SP1Groth16Verifier is ISP1Verifier {
    uint256 private constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 private constant PROOF_BYTES = 256;

    struct Key {
        uint256[2] alpha;
        uint256[4] betaNegated;
        uint256[4] gammaNegated;
        uint256[4] deltaNegated;
        /// The constant, then one point for each public input.
        uint256[2][] inputs;
    }

    /// SHA-256 of the verifying key; a proof begins with its first 4 bytes.
    bytes32 public immutable VERIFIER_HASH;
    /// Root of the verifying keys of SP1's recursion; zero for circuits before v6, whose proofs do not state it.
    bytes32 public immutable VK_ROOT;
    Key private _key;

    error ExpectedExitCodeZero();
    error InvalidProof();
    error InvalidProofBytesLength();
    error InvalidVkRoot();
    error WrongVerifierSelector(bytes4 received, bytes4 expected);

    constructor(bytes32 verifierHash, bytes32 vkRoot, Key memory key) {
        VERIFIER_HASH = verifierHash;
        VK_ROOT = vkRoot;
        _key.alpha = key.alpha;
        _key.betaNegated = key.betaNegated;
        _key.gammaNegated = key.gammaNegated;
        _key.deltaNegated = key.deltaNegated;
        for (uint256 i = 0; i < key.inputs.length; i++) _key.inputs.push(key.inputs[i]);
    }

    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external view {
        if (proofBytes.length < 4) revert InvalidProofBytesLength();
        bytes4 selector = bytes4(proofBytes[:4]);
        if (selector != bytes4(VERIFIER_HASH)) revert WrongVerifierSelector(selector, bytes4(VERIFIER_HASH));
        uint256 start = VK_ROOT == bytes32(0) ? 4 : 100;
        if (proofBytes.length != start + PROOF_BYTES) revert InvalidProofBytesLength();
        uint256[] memory inputs = new uint256[](start == 4 ? 2 : 5);
        inputs[0] = uint256(programVKey);
        inputs[1] = uint256(sha256(publicValues)) & ((1 << 253) - 1);
        if (start != 4) {
            (inputs[2], inputs[3], inputs[4]) = abi.decode(proofBytes[4:100], (uint256, uint256, uint256));
            if (inputs[2] != 0) revert ExpectedExitCodeZero();
            if (bytes32(inputs[3]) != VK_ROOT) revert InvalidVkRoot();
        }
        _verify(inputs, abi.decode(proofBytes[start:], (uint256[8])));
    }

    /// Checks e(A, B) · e(C, -δ) · e(α, -β) · e(L, -γ) = 1.
    function _verify(uint256[] memory inputs, uint256[8] memory proof) private view {
        for (uint256 i = 0; i < 8; i++) if (proof[i] >= P) revert InvalidProof();
        // The precompiles take zeros for the point at infinity, which no proof has.
        if (proof[0] | proof[1] == 0 || proof[6] | proof[7] == 0) revert InvalidProof();
        if (proof[2] | proof[3] | proof[4] | proof[5] == 0) revert InvalidProof();
        uint256[2] memory sum = _statement(inputs);
        Key storage key = _key;
        uint256[24] memory pairs;
        for (uint256 i = 0; i < 8; i++) pairs[i] = proof[i];
        for (uint256 i = 0; i < 4; i++) {
            pairs[8 + i] = key.deltaNegated[i];
            pairs[14 + i] = key.betaNegated[i];
            pairs[20 + i] = key.gammaNegated[i];
        }
        (pairs[12], pairs[13]) = (key.alpha[0], key.alpha[1]);
        (pairs[18], pairs[19]) = (sum[0], sum[1]);
        uint256[1] memory result;
        bool success;
        assembly {
            success := staticcall(gas(), 0x08, pairs, 0x300, result, 0x20)
        }
        if (!success || result[0] != 1) revert InvalidProof();
    }

    /// The sum of the key's points weighted with the inputs.
    function _statement(uint256[] memory inputs) private view returns (uint256[2] memory sum) {
        Key storage key = _key;
        sum = key.inputs[0];
        for (uint256 i = 0; i < inputs.length; i++) {
            if (inputs[i] >= R) revert InvalidProof();
            uint256[2] memory point = key.inputs[i + 1];
            uint256[3] memory factors = [point[0], point[1], inputs[i]];
            uint256[4] memory terms;
            (terms[0], terms[1]) = (sum[0], sum[1]);
            bool success;
            assembly {
                success := staticcall(gas(), 0x07, factors, 0x60, add(terms, 0x40), 0x40)
                success := and(success, staticcall(gas(), 0x06, terms, 0x80, sum, 0x40))
            }
            if (!success) revert InvalidProof();
        }
    }
}
