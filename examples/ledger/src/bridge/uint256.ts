import { fromHex } from '@zkstack/crypto'

/** 32 bytes, big-endian. @throws RangeError for a number above 256 bits */
export function encodeUint256(value: bigint): Uint8Array {
  const bytes = fromHex(value.toString(16).padStart(64, '0'))
  if (bytes?.length !== 32) throw new RangeError(`${value} does not fit in 256 bits`)
  return bytes
}

/** Reads big-endian bytes. */
export function decodeUint256(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
