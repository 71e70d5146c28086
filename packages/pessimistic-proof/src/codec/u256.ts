import { toHex } from '@zkstack/crypto'

/** The first number beyond 256 bits. */
export const TWO_256 = 1n << 256n

/** The number that bytes write in big-endian. */
export function bigintFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

/**
 * A number as 32 big-endian bytes.
 * @throws RangeError unless it fits 256 unsigned bits.
 */
export function bytesFromBigint(value: bigint): Uint8Array {
  if (value < 0n || value >= TWO_256) throw new RangeError(`u256: out of range: ${value}`)
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  for (let rest = value, at = 24; rest > 0n; rest >>= 64n, at -= 8) {
    view.setBigUint64(at, BigInt.asUintN(64, rest))
  }
  return bytes
}
