/** Bytes consumed by one step of the loop, and tables. */
const stride = 8
/** The Castagnoli polynomial, bits reversed. */
const polynomial = 0x82f63b78
/** LevelDB stores checksums rotated and offset by this, since checksums of bytes that hold checksums are weak. */
const maskDelta = 0xa282ead8

const tables = makeTables()

/** CRC-32C of a range of bytes, as LevelDB stores it: masked. */
export function maskedCrc32c(bytes: Uint8Array, start: number, end: number): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0
}

/** CRC-32C of the bytes [start, end). */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  const at = (table: Int32Array, i: number) => table[i & 0xff] as number
  let crc = -1
  let i = start
  for (; i + stride <= end; i += stride) {
    const low = crc ^ word(bytes, i)
    const high = word(bytes, i + 4)
    crc =
      at(t7, low) ^
      at(t6, low >>> 8) ^
      at(t5, low >>> 16) ^
      at(t4, low >>> 24) ^
      at(t3, high) ^
      at(t2, high >>> 8) ^
      at(t1, high >>> 16) ^
      at(t0, high >>> 24)
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ at(t0, crc ^ (bytes[i] as number))
  return ~crc >>> 0
}

/** 4 bytes, little-endian. */
function word(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] as number) |
    ((bytes[i + 1] as number) << 8) |
    ((bytes[i + 2] as number) << 16) |
    ((bytes[i + 3] as number) << 24)
  )
}

type Tables = readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    return crc
  })
  const next = (table: Int32Array) =>
    table.map((crc) => (crc >>> 8) ^ (first[crc & 0xff] as number))
  const t1 = next(first)
  const t2 = next(t1)
  const t3 = next(t2)
  const t4 = next(t3)
  const t5 = next(t4)
  const t6 = next(t5)
  return [first, t1, t2, t3, t4, t5, t6, next(t6)]
}
