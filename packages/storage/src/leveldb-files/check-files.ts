import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkTable } from './check-table.js'
import { fileError } from './file-reader.js'
import { readManifest } from './read-manifest.js'

/**
 * Checks the files of a closed LevelDB in a folder against their checksums: the manifest and all tables that belong to it; its
 * log LevelDB checks itself. Reads everything: a few seconds for each gigabyte.
 *
 * @throws StorageError `STORE_CORRUPT` that names the file.
 */
export async function checkFiles(folder: string): Promise<void> {
  const current = join(folder, 'CURRENT')
  const name = /^(MANIFEST-\d{6,})\n$/.exec(await readFile(current, 'latin1'))?.[1]
  if (name === undefined) throw fileError(current, 'it names no manifest')
  const manifest = join(folder, name)
  for (const { number, size } of readManifest(manifest, await readExisting(manifest))) {
    const path = join(folder, `${String(number).padStart(6, '0')}.ldb`)
    const bytes = await readExisting(path)
    if (bytes.length !== size) {
      throw fileError(path, `it has ${bytes.length} bytes instead of ${size}`)
    }
    checkTable(path, bytes)
  }
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
