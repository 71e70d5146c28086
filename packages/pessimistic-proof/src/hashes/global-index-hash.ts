import type { Hash32 } from '@zkstack/crypto'
import type { GlobalIndex } from '../types/global-index.js'
import { INVALID_ROLLUP_INDEX, MAINNET, type NetworkId } from '../types/network-id.js'
import { Preimage } from './preimage.js'

/** A global index as an unsigned 256-bit number, of which 65 bits are used. */
export function globalIndexToBigint(index: GlobalIndex): bigint {
  const flag = index.mainnetFlag ? 1n << 64n : 0n
  return flag | (BigInt(index.rollupIndex) << 32n) | BigInt(index.leafIndex)
}

/**
 * A global index from an unsigned 256-bit number; `undefined` for rollup index 2^32−1.
 *
 * As upstream, bits 65 and up are ignored, and a rollup index beside the flag is kept.
 * @see interop crates/unified-bridge/src/global_index.rs
 */
export function globalIndexFromBigint(value: bigint): GlobalIndex | undefined {
  const rollupIndex = Number((value >> 32n) & 0xffff_ffffn)
  if (rollupIndex === INVALID_ROLLUP_INDEX) return undefined
  const leafIndex = Number(value & 0xffff_ffffn)
  return { mainnetFlag: ((value >> 64n) & 1n) === 1n, rollupIndex, leafIndex }
}

/** The network that an exit with this global index left: 0 for L1, else the rollup index plus one. */
export function networkOfGlobalIndex(index: GlobalIndex): NetworkId {
  return index.mainnetFlag ? MAINNET : index.rollupIndex + 1
}

/**
 * keccak256 of the global index as u256, little-endian.
 * @see interop crates/unified-bridge/src/global_index.rs
 */
export function hashGlobalIndex(index: GlobalIndex): Hash32 {
  return writeGlobalIndex(new Preimage(32), index).keccak256()
}

/** Writes the global index as u256, little-endian. */
export function writeGlobalIndex(preimage: Preimage, index: GlobalIndex): Preimage {
  return preimage
    .u32le(index.leafIndex)
    .u32le(index.rollupIndex)
    .u32le(index.mainnetFlag ? 1 : 0)
    .zeros(20)
}
