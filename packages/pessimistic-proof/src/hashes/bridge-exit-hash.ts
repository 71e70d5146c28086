import { hash32, type Hash32 } from '@zkstack/crypto'
import type { BridgeExit, TokenInfo } from '../types/bridge-exit.js'
import { Preimage } from './preimage.js'

/** keccak256 of no bytes: what stands for absent metadata, and for an empty list of exits. */
export const EMPTY_HASH: Hash32 = hash32(
  Uint8Array.from([
    0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
    0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
  ]),
)

/** keccak256 of u32 BE origin network ‖ address: 24 bytes. */
export function hashTokenInfo(token: TokenInfo): Hash32 {
  return new Preimage(24).u32be(token.originNetwork).bytes(token.originTokenAddress).keccak256()
}

/**
 * The leaf of a local exit tree: keccak256 of u8 leaf type ‖ u32 BE origin network ‖ token address ‖ u32 BE
 * destination network ‖ destination address ‖ u256 BE amount ‖ metadata hash: 113 bytes.
 * @see interop crates/unified-bridge/src/bridge_exit.rs
 */
export function hashBridgeExit(exit: BridgeExit): Hash32 {
  return bridgeExitHasher()(exit)
}

/** {@link hashBridgeExit} for many exits, which are written into the same bytes one after another. */
export function bridgeExitHasher(): (exit: BridgeExit) => Hash32 {
  const preimage = new Preimage(113)
  return (exit) =>
    preimage
      .rewind()
      .u8(exit.leafType === 'message' ? 1 : 0)
      .u32be(exit.tokenInfo.originNetwork)
      .bytes(exit.tokenInfo.originTokenAddress)
      .u32be(exit.destNetwork)
      .bytes(exit.destAddress)
      .u256be(exit.amount)
      .bytes(exit.metadata ?? EMPTY_HASH)
      .keccak256()
}
