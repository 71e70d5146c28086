import { maskedCrc32c } from './crc32c.js'
import { fileError, FileReader } from './file-reader.js'

/** A table ends with two handles, padding, and this number, little-endian: 0xdb4775248b80fb57. */
const magic = [0x8b80fb57, 0xdb477524] as const
const footerBytes = 48
/** After each block: one byte for the compression, four for the checksum. */
const trailerBytes = 5

interface Handle {
  readonly offset: number
  readonly size: number
}

/**
 * Checks every block of one of LevelDB's tables against its checksum. LevelDB does not: it hands out changed values, and where
 * the structure of a block is changed, its assertions end the process.
 *
 * @throws StorageError `STORE_CORRUPT` that names the file.
 */
export function checkTable(file: string, bytes: Uint8Array): void {
  const limit = bytes.length - footerBytes
  if (limit < 0) throw fileError(file, 'it is too short for a table')
  const end = new FileReader(file, bytes, bytes.length - 8)
  if (end.u32() !== magic[0] || end.u32() !== magic[1]) throw fileError(file, 'it is no table')
  const footer = new FileReader(file, bytes, limit)
  const metaIndex = readHandle(footer)
  const index = readHandle(footer)
  for (const table of [metaIndex, index]) {
    for (const handle of readIndex(file, block(file, bytes, table, limit))) {
      block(file, bytes, handle, limit)
    }
  }
}

/** The contents of a block whose checksum is right. */
function block(
  file: string,
  bytes: Uint8Array,
  { offset, size }: Handle,
  limit: number,
): Uint8Array {
  if (offset + size + trailerBytes > limit) throw fileError(file, 'a block lies outside')
  const checksum = new FileReader(file, bytes, offset + size + 1).u32()
  if (maskedCrc32c(bytes, offset, offset + size + 1) !== checksum) {
    throw fileError(file, `the checksum of the block at ${offset} is wrong`)
  }
  if (bytes[offset + size] !== 0) throw fileError(file, 'a block is compressed')
  return bytes.subarray(offset, offset + size)
}

/** The handles that are the values of an index block: entries, restart offsets, their number. */
function readIndex(file: string, index: Uint8Array): Handle[] {
  const restarts = new FileReader(file, index, Math.max(0, index.length - 4)).u32()
  const reader = new FileReader(file, index, 0, index.length - 4 * (restarts + 1))
  const handles: Handle[] = []
  while (!reader.done) {
    reader.varint()
    const unshared = reader.varint()
    const length = reader.varint()
    reader.bytes(unshared)
    handles.push(readHandle(new FileReader(file, reader.bytes(length))))
  }
  return handles
}

function readHandle(reader: FileReader): Handle {
  return { offset: reader.varint(), size: reader.varint() }
}
