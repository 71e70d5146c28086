import { keccak256, type Hash32 } from '@zkstack/crypto'

/** An inner node of every tree here: keccak256 of its left and right child. */
export function hashPair(left: Hash32, right: Hash32): Hash32 {
  return keccak256(left, right)
}
