import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { diskError, lockedError } from './disk-error.js'
import { claimPath, releasePath } from './open-paths.js'

const small = { cacheSize: 65_536, writeBufferSize: 65_536 }

/**
 * Takes a folder for this process, until the returned function is called or the process ends.
 *
 * The files of the database are checked before LevelDB opens it, so its own lock comes too late; and no lock of the system can be
 * had without native code, except LevelDB's. Hence a second, empty database in the folder `lock`, opened first and closed last.
 *
 * @throws StorageError `STORE_LOCKED`, `STORE_PATH`, `STORE_FULL`, `STORE_IO`.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  if (!claimPath(folder)) throw lockedError(folder)
  try {
    const level = await openHealed(join(folder, 'lock'), folder)
    return async () => {
      try {
        await level.close()
      } finally {
        releasePath(folder)
      }
    }
  } catch (e) {
    releasePath(folder)
    throw e
  }
}

/** Opens the empty database; when it is damaged, begins it anew, since it holds nothing. */
async function openHealed(path: string, folder: string): Promise<Level> {
  try {
    return await open(path, folder)
  } catch (e) {
    if (diskError(e, folder, 'lock the folder').code !== 'STORE_CORRUPT') throw e
  }
  // All but the file that carries the lock: another process may have taken it by now.
  const names = (await readdir(path)).filter((name) => name !== 'LOCK')
  for (const name of names) await rm(join(path, name), { force: true })
  return open(path, folder)
}

async function open(path: string, folder: string): Promise<Level> {
  const level = new Level(path, small)
  try {
    await level.open()
    return level
  } catch (e) {
    throw diskError(e, folder, 'lock the folder')
  }
}
