import { hash32, keccak256, type Hash32 } from '@zkstack/crypto'

const leafTag = Uint8Array.of(0)
const nodeTag = Uint8Array.of(1)

/**
 * Root of a binary Merkle tree: leaves `keccak256(00 ‖ leaf)`, nodes `keccak256(01 ‖ left ‖ right)`, a last one without a
 * sibling climbs as it is; 32 zero bytes when there is no leaf. The tags keep a leaf from being passed off as a node.
 *
 * O(number of leaves).
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Hash32 {
  if (leaves.length === 0) return hash32(new Uint8Array(32))
  let level = leaves.map((leaf) => keccak256(leafTag, leaf))
  while (level.length > 1) {
    const next: Hash32[] = []
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]]
      if (left !== undefined)
        next.push(right === undefined ? left : keccak256(nodeTag, left, right))
    }
    level = next
  }
  return level[0] ?? hash32(new Uint8Array(32))
}
