/** Order of the prime-order subgroup of edwards25519: 2^252 + 27742317777372353535851937790883648493. */
export const groupOrder = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn

const fieldCharacteristic = 2n ** 255n - 19n
const orderOf8 = littleEndianValue(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
)

/** The y coordinates of the eight points whose order divides the cofactor: of order 1, 2, 4, 8 and 8. */
const smallOrderY = [
  1n,
  fieldCharacteristic - 1n,
  0n,
  orderOf8,
  fieldCharacteristic - orderOf8,
].map(littleEndian)
const orderBytes = littleEndian(groupOrder)
const fieldBytes = littleEndian(fieldCharacteristic)

function littleEndianValue(hex: string): bigint {
  return BigInt(`0x${(hex.match(/../g) ?? []).reverse().join('')}`)
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

/** Byte i of a 32-byte number without its top bit, which a point uses for the sign of x. */
function byteOfY(bytes: Uint8Array, offset: number, i: number): number {
  const byte = bytes[offset + i] as number
  return i === 31 ? byte & 0x7f : byte
}

/**
 * Whether the 32 bytes at `offset` have the form of a point that a key or a signature may carry: y below the field's
 * characteristic, and not one of the eight points of small order. Both points with x = 0 are of small order, so a sign bit on
 * x = 0 never passes. Constant work, no curve arithmetic: the point may be off the curve or of mixed order.
 */
export function isPlausiblePoint(bytes: Uint8Array, offset = 0): boolean {
  let below = false
  for (let i = 31; i >= 0; i--) {
    const byte = byteOfY(bytes, offset, i)
    if (byte === fieldBytes[i]) continue
    below = byte < (fieldBytes[i] as number)
    break
  }
  return below && !smallOrderY.some((y) => y.every((byte, i) => byte === byteOfY(bytes, offset, i)))
}

/** Whether the 32 little-endian bytes at `offset` are below the group's order. */
export function isReducedScalar(bytes: Uint8Array, offset = 0): boolean {
  for (let i = 31; i >= 0; i--) {
    const byte = bytes[offset + i] as number
    if (byte !== orderBytes[i]) return byte < (orderBytes[i] as number)
  }
  return false
}

/** Whether `bytes` are 32 of a plausible point and 32 of a reduced scalar: R ‖ s. */
export function isPlausibleSignature(bytes: Uint8Array): boolean {
  return bytes.length === 64 && isPlausiblePoint(bytes, 0) && isReducedScalar(bytes, 32)
}
