/** The largest unsigned 64-bit number. */
export const uint64Max = 2n ** 64n - 1n

/** Bytes of the minimal varint of an unsigned number: 7 bits a byte. */
export function sizeOfVarint(value: bigint | number): number {
  let size = 1
  for (let rest = BigInt(value) >> 7n; rest > 0n; rest >>= 7n) size++
  return size
}
