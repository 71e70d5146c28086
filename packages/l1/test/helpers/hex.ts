import { fromHex, hash32, type Hash32 } from '@zkstack/crypto'
import { address, type Address } from '@zkstack/pessimistic-proof'

/** The bytes of a text with or without `0x`. */
export function bytes(hex: string): Uint8Array {
  const found = fromHex(hex.replace(/^0x/, ''))
  if (found === undefined) throw new TypeError(`no hexadecimal: ${hex}`)
  return found
}

/** 20 bytes, all the same or those of a text. */
export function addr(of: number | string): Address {
  return address(typeof of === 'number' ? new Uint8Array(20).fill(of) : bytes(of))
}

/** 32 bytes, all the same or those of a text. */
export function word(of: number | string): Hash32 {
  return hash32(typeof of === 'number' ? new Uint8Array(32).fill(of) : bytes(of))
}
