/** Order of the prime-order subgroups of BLS12-381, 32 bytes big-endian. */
export const curveOrder = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/** Characteristic of the base field of BLS12-381. */
export const fieldCharacteristic =
  0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn

const coordinateBytes = 48
const compressedFlag = 0x80
const infinityFlag = 0x40
const flagBits = 0xe0

const fieldBytes = bigEndian(fieldCharacteristic, coordinateBytes)
const orderBytes = bigEndian(curveOrder, 32)

function bigEndian(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = length - 1, rest = value; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn)
  return bytes
}

/** Whether `bytes[offset …]`, with `mask` applied to its first byte, is below `limit` as a big-endian number. */
function isBelow(bytes: Uint8Array, offset: number, mask: number, limit: Uint8Array): boolean {
  for (let i = 0; i < limit.length; i++) {
    const byte = (bytes[offset + i] as number) & (i === 0 ? mask : 0xff)
    if (byte !== limit[i]) return byte < (limit[i] as number)
  }
  return false
}

/**
 * Whether `bytes` has the form of a compressed point other than infinity: exact length, compression flag set, infinity flag
 * clear, every coordinate below the field's characteristic. No curve arithmetic, so the point may be off the curve.
 *
 * Layout: 48 bytes for G1 or 96 for G2 (imaginary part first), big-endian; the top three bits of the first byte are
 * compression, infinity and sign of y. As neither group has a point with y = 0, each point has exactly one such form.
 * @see https://www.ietf.org/archive/id/draft-irtf-cfrg-pairing-friendly-curves-11.html#section-appendix.c
 */
export function isCompressedPoint(bytes: Uint8Array, length: number): boolean {
  if (bytes.length !== length) return false
  if (((bytes[0] as number) & (compressedFlag | infinityFlag)) !== compressedFlag) return false
  for (let offset = 0; offset < length; offset += coordinateBytes) {
    if (!isBelow(bytes, offset, offset === 0 ? 0xff & ~flagBits : 0xff, fieldBytes)) return false
  }
  return true
}

/** The one form of the point at infinity: flags for compression and infinity, then zeros. */
export function infinity(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes[0] = compressedFlag | infinityFlag
  return bytes
}

/** Whether `bytes` is exactly {@link infinity}. */
export function isInfinity(bytes: Uint8Array, length: number): boolean {
  return (
    bytes.length === length &&
    bytes[0] === (compressedFlag | infinityFlag) &&
    bytes.every((byte, i) => i === 0 || byte === 0)
  )
}

/** Whether `bytes` is a secret key: 32 bytes big-endian, above zero and below the curve's order. */
export function isScalar(bytes: Uint8Array): boolean {
  return (
    bytes.length === 32 && bytes.some((byte) => byte !== 0) && isBelow(bytes, 0, 0xff, orderBytes)
  )
}
