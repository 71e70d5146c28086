import Long from 'long'

/** The form in which the generated codecs take 64-bit numbers; they would encode a bigint as 0. @throws RangeError */
export function toLong(value: bigint): Long {
  if (BigInt.asUintN(64, value) !== value) throw new RangeError(`value: out of range: ${value}`)
  return Long.fromBits(Number(value & 0xffff_ffffn), Number(value >> 32n), true)
}

/** Inverse of {@link toLong}. */
export function fromLong(value: Long): bigint {
  return (BigInt(value.getHighBitsUnsigned()) << 32n) | BigInt(value.getLowBitsUnsigned())
}
