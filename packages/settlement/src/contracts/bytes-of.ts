import { fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'
import type { Hex } from 'viem'

/** The text that viem takes for bytes. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${toHex(bytes)}`
}

/** The bytes of a text that viem gave. */
export function bytesOf(hex: Hex): Uint8Array {
  return fromHex(hex.slice(2)) ?? new Uint8Array(0)
}

/** The 32 bytes of a `bytes32` that viem gave. */
export function hashOf(hex: Hex): Hash32 {
  return hash32(bytesOf(hex))
}

/** The address that viem gave. */
export function addressOf(hex: Hex): Address {
  return address(bytesOf(hex))
}
