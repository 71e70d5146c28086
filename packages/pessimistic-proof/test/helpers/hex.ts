import { fromHex, hash32, toHex, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '../../src/types/address.js'

/** Bytes from hexadecimal digits, with or without `0x`. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromHex(text.replace(/^0x/, ''))
  if (!bytes) throw new Error(`not hexadecimal: ${text}`)
  return bytes
}

/** A digest from its digits. */
export function hashOf(text: string): Hash32 {
  return hash32(bytesOf(text))
}

/** An address from its digits. */
export function addressOf(text: string): Address {
  return address(bytesOf(text))
}

/** A digest of one byte, 32 times. */
export function filled(byte: number): Hash32 {
  return hash32(new Uint8Array(32).fill(byte))
}

/** `0x` and the digits of an address or any bytes. */
export function prefixedHex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`
}
