import { maskedCrc32c } from './crc32c.js'
import { fileError, FileReader } from './file-reader.js'
import { blockBytes, headerBytes, recordTypes } from './read-manifest.js'

/** A log of LevelDB. */
export interface LogFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * Checks the logs of a database in which each write is synced before the next, the oldest first. LevelDB skips what is damaged in
 * them and goes on with what comes later. At the end that is a write that nobody was told of, or one that the witness misses; before
 * a later write it is one that was on disk.
 *
 * @throws StorageError `STORE_CORRUPT` that names the file.
 */
export function checkLogs(logs: Iterable<LogFile>): void {
  let damage: (() => Error) | undefined
  for (const { path, bytes } of logs) {
    for (let block = 0; block < bytes.length; block += blockBytes) {
      const end = Math.min(block + blockBytes, bytes.length)
      for (let at = block; at + headerBytes <= end;) {
        const length = validLength(path, bytes, at, end)
        if (length === undefined) {
          damage ??= () => fileError(path, `the write at ${at} is damaged, and later ones are not`)
          break
        }
        const type = bytes[at + 6]
        const begins = type === recordTypes.full || type === recordTypes.first
        if (begins && damage !== undefined) throw damage()
        at += headerBytes + length
      }
    }
  }
}

/** Bytes of the body of a record; undefined when the record is none. */
function validLength(path: string, bytes: Uint8Array, at: number, end: number): number | undefined {
  const length = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8)
  const next = at + headerBytes + length
  if (next > end) return undefined
  const checksum = new FileReader(path, bytes, at).u32()
  return maskedCrc32c(bytes, at + 6, next) === checksum ? length : undefined
}
