import { hash32, type Hash32 } from '@zkstack/crypto'
import { Preimage } from '../hashes/preimage.js'

/** Numbers of 256 bits are below. */
const U256_END = 1n << 256n

/** Whether a number fits 256 bits without sign. */
export function isU256(value: bigint): boolean {
  return value >= 0n && value < U256_END
}

/**
 * A balance as the leaf of a balance tree: 32 bytes, big-endian.
 * @throws RangeError unless it fits 256 bits.
 */
export function u256Leaf(balance: bigint): Hash32 {
  if (!isU256(balance)) throw new RangeError(`balance: expected 256 bits, got ${balance}`)
  return hash32(new Preimage(32).u256be(balance).finish())
}

/** The number that {@link u256Leaf} made a leaf of. */
export function u256OfLeaf(leaf: Hash32): bigint {
  const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.byteLength)
  let value = 0n
  for (let at = 0; at < 32; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}
