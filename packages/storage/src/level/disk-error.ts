import { errorOf, isProgrammingError } from '@zkstack/concurrency'
import { StorageError, type StorageErrorCode } from '../storage-error.js'

/** What the operating system or LevelDB says, and what it means; LevelDB passes on the system's text only. */
const meanings: readonly [RegExp, StorageErrorCode][] = [
  [/ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large/i, 'STORE_FULL'],
  [/LEVEL_CORRUPTION/, 'STORE_CORRUPT'],
  [/LEVEL_IO_ERROR[^]*(No such file|Invalid argument)/, 'STORE_CORRUPT'],
  [/EACCES|EPERM|EROFS|Permission denied|not permitted|Read-only file system/i, 'STORE_PATH'],
  [/ENOTDIR|EEXIST|EISDIR|ELOOP|ENAMETOOLONG|ENOENT|Not a directory|name too long/i, 'STORE_PATH'],
]

const remedies: Partial<Record<StorageErrorCode, string>> = {
  STORE_FULL: 'the disk is full: make room, then start again; nothing acknowledged is lost',
  STORE_CORRUPT:
    'the database is damaged: do not vote with this validator key again before its epoch has ended; keep the folder, start with a new one',
  STORE_PATH: 'check the path, and that this user may read and write there',
  STORE_IO: 'the disk failed: check it, then start again',
}

/** The error for a second opener. */
export function lockedError(path: string, cause?: unknown): StorageError {
  return new StorageError(
    'STORE_LOCKED',
    `${path}: is open already, in this process or another: close that store or end that process, or give each node its own path`,
    { cause },
  )
}

/**
 * Turns what a disk operation threw into one StorageError that names the path; a StorageError stays what it is.
 * @throws the error itself when only a bug raises it.
 */
export function diskError(e: unknown, path: string, doing: string): StorageError {
  if (e instanceof StorageError) return e
  if (isProgrammingError(e)) throw e
  const cause = innermost(errorOf(e))
  const text = `${codeOf(cause)} ${cause.message}`
  if (text.startsWith('LEVEL_LOCKED')) return lockedError(path, e)
  const code = meanings.find(([pattern]) => pattern.test(text))?.[1] ?? 'STORE_IO'
  const remedy = remedies[code] ?? ''
  return new StorageError(code, `${path}: could not ${doing}: ${cause.message}; ${remedy}`, {
    cause: e,
  })
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
