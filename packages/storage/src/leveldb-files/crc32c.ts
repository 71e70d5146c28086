/** The Castagnoli polynomial, bits reversed. */
const polynomial = 0x82f63b78
/** LevelDB stores checksums rotated and offset by this, since checksums of bytes that hold checksums are weak. */
const maskDelta = 0xa282ead8
/** Eight tables of 256 entries, one after another: the k-th moves a byte by k further bytes. */
const tables = makeTables()

/** CRC-32C of the bytes [start, end), as LevelDB stores it: masked. */
export function maskedCrc32c(bytes: Uint8Array, start: number, end: number): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0
}

/** CRC-32C of the bytes [start, end). */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let crc = -1
  let i = start
  for (; i + 8 <= end; i += 8) {
    const low = crc ^ view.getInt32(i, true)
    const high = view.getInt32(i + 4, true)
    crc =
      entry(7, low) ^
      entry(6, low >>> 8) ^
      entry(5, low >>> 16) ^
      entry(4, low >>> 24) ^
      entry(3, high) ^
      entry(2, high >>> 8) ^
      entry(1, high >>> 16) ^
      entry(0, high >>> 24)
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ entry(0, crc ^ (bytes[i] as number))
  return ~crc >>> 0
}

function entry(table: number, byte: number): number {
  return tables[(table << 8) | (byte & 0xff)] as number
}

function makeTables(): Int32Array {
  const all = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    all[byte] = crc
  }
  for (let i = 256; i < all.length; i++) {
    const crc = all[i - 256] as number
    all[i] = (crc >>> 8) ^ (all[crc & 0xff] as number)
  }
  return all
}
