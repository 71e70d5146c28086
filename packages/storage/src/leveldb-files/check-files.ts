import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkLogs, type LogFile } from './check-log.js'
import { checkTable } from './check-table.js'
import { fileError } from './file-reader.js'
import { readManifest } from './read-manifest.js'

/**
 * Checks the files of a closed LevelDB in a folder against their checksums: the manifest, and all tables and logs that belong to
 * it. Reads everything: a few seconds for each gigabyte.
 *
 * @throws StorageError `STORE_CORRUPT` that names the file.
 */
export async function checkFiles(folder: string): Promise<void> {
  const current = join(folder, 'CURRENT')
  const name = /^(MANIFEST-\d{6,})\n$/.exec(await readFile(current, 'latin1'))?.[1]
  if (name === undefined) throw fileError(current, 'it names no manifest')
  const manifest = join(folder, name)
  const { tables, logNumber } = readManifest(manifest, await readExisting(manifest))
  for (const { number, size } of tables) {
    const path = join(folder, `${String(number).padStart(6, '0')}.ldb`)
    const bytes = await readExisting(path)
    if (bytes.length !== size) {
      throw fileError(path, `it has ${bytes.length} bytes instead of ${size}`)
    }
    checkTable(path, bytes)
  }
  checkLogs(await readLogs(folder, logNumber))
}

/** The logs that LevelDB will read, the oldest first. */
async function readLogs(folder: string, from: number): Promise<readonly LogFile[]> {
  const numbers = (await readdir(folder))
    .flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? [])
    .filter((digits) => Number(digits) >= from)
    .sort((a, b) => Number(a) - Number(b))
  const paths = numbers.map((digits) => join(folder, `${digits}.log`))
  return Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })))
}

async function readExisting(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT')
      throw fileError(path, 'it is missing')
    throw e
  }
}
