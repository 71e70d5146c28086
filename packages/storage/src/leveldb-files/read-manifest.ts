import { maskedCrc32c } from './crc32c.js'
import { fileError, FileReader } from './file-reader.js'

/** A table that belongs to the database. */
export interface LiveTable {
  readonly number: number
  readonly size: number
}

/** What a manifest says. */
export interface Manifest {
  readonly tables: readonly LiveTable[]
  /** Logs with a lower number are in tables. */
  readonly logNumber: number
}

/** Records lie in blocks of this size, each with a header: checksum 4, length 2, type 1. */
export const blockBytes = 32_768
/** Bytes of the header of a record. */
export const headerBytes = 7
/** Whether a record is a whole entry, or which part of one. */
export const recordTypes = { full: 1, first: 2, middle: 3, last: 4 } as const

/** Tags of the fields of an edit. */
const tags = {
  comparator: 1,
  logNumber: 2,
  nextFile: 3,
  lastSequence: 4,
  compactPointer: 5,
  deletedFile: 6,
  newFile: 7,
  previousLogNumber: 9,
} as const

/**
 * What a manifest leaves in the database. A record that was not written to its end, as a crash leaves it, or of which
 * a power cut left the room alone, filled with zeros, ends the manifest, as it does for LevelDB.
 *
 * @throws StorageError `STORE_CORRUPT` for anything else that is not as LevelDB writes it.
 */
export function readManifest(file: string, bytes: Uint8Array): Manifest {
  const tables = new Map<number, LiveTable>()
  let logNumber = 0
  for (const edit of readRecords(file, bytes)) {
    logNumber = applyEdit(new FileReader(file, edit), file, tables) ?? logNumber
  }
  return { tables: [...tables.values()], logNumber }
}

/** @returns the number of the log, if the edit names one. */
function applyEdit(
  reader: FileReader,
  file: string,
  tables: Map<number, LiveTable>,
): number | undefined {
  let logNumber: number | undefined
  while (!reader.done) {
    const tag = reader.varint()
    switch (tag) {
      case tags.comparator:
        reader.string()
        break
      case tags.logNumber:
        logNumber = reader.varint()
        break
      case tags.nextFile:
      case tags.lastSequence:
      case tags.previousLogNumber:
        reader.varint()
        break
      case tags.compactPointer:
        reader.varint()
        reader.string()
        break
      case tags.deletedFile:
        reader.varint()
        tables.delete(reader.varint())
        break
      case tags.newFile: {
        reader.varint()
        const [number, size] = [reader.varint(), reader.varint()]
        reader.string()
        reader.string()
        tables.set(number, { number, size })
        break
      }
      default:
        throw fileError(file, `it has an unknown tag ${tag}`)
    }
  }
  return logNumber
}

function* readRecords(file: string, bytes: Uint8Array): Generator<Uint8Array> {
  let parts: Uint8Array[] = []
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const left = blockBytes - (at % blockBytes)
    if (left < headerBytes) {
      at += left
      continue
    }
    const length = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8)
    const type = bytes[at + 6] as number
    const end = at + headerBytes + length
    if (end > bytes.length) return
    const checksum = new FileReader(file, bytes, at).u32()
    if (headerBytes + length > left || maskedCrc32c(bytes, at + 6, end) !== checksum) {
      if (at > 0 && bytes.subarray(at).every((byte) => byte === 0)) return
      throw fileError(file, `the record at ${at} is damaged`)
    }
    parts.push(bytes.subarray(at + headerBytes, end))
    const begins = type === recordTypes.full || type === recordTypes.first
    const ends = type === recordTypes.full || type === recordTypes.last
    if (begins !== (parts.length === 1) || type > recordTypes.last) {
      throw fileError(file, `the record at ${at} is out of place`)
    }
    if (ends) {
      yield join(parts)
      parts = []
    }
    at = end
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : new Uint8Array(Buffer.concat(parts))
}
