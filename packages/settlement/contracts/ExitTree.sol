// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// An append-only Merkle tree of depth 32 over keccak256; only its right edge is kept.
abstract contract ExitTree {
    uint256 internal constant DEPTH = 32;

    /// Number of leaves.
    uint256 public depositCount;
    bytes32[DEPTH] private _edge;

    error MerkleTreeFull();

    /// The root over all leaves, the missing ones zero.
    function getRoot() public view virtual returns (bytes32) {
        bytes32 node = 0;
        bytes32 empty = 0;
        uint256 size = depositCount;
        for (uint256 height = 0; height < DEPTH; height++) {
            node = (size >> height) & 1 == 1 ? _hash(_edge[height], node) : _hash(node, empty);
            empty = _hash(empty, empty);
        }
        return node;
    }

    function _append(bytes32 leaf) internal {
        if (depositCount >= 2 ** DEPTH - 1) revert MerkleTreeFull();
        uint256 size = ++depositCount;
        bytes32 node = leaf;
        for (uint256 height = 0; height < DEPTH; height++) {
            if ((size >> height) & 1 == 1) {
                _edge[height] = node;
                return;
            }
            node = _hash(_edge[height], node);
        }
    }

    /// The root that a leaf at an index leads to.
    function _fold(bytes32 leaf, bytes32[DEPTH] calldata siblings, uint32 index) internal pure returns (bytes32) {
        bytes32 node = leaf;
        for (uint256 height = 0; height < DEPTH; height++) {
            node = (index >> height) & 1 == 1 ? _hash(siblings[height], node) : _hash(node, siblings[height]);
        }
        return node;
    }

    function _hash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }
}
