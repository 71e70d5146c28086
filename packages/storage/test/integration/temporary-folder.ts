import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const memory = '/dev/shm'

/** A folder that is removed when the tests of the file have ended; in memory, if it can be, unless a real disk is wanted. */
export async function temporaryFolder(o: { readonly realDisk?: boolean } = {}): Promise<string> {
  const parent = o.realDisk !== true && existsSync(memory) ? memory : tmpdir()
  const path = await mkdtemp(join(parent, 'zkstack-store-'))
  afterAll(() => rm(path, { recursive: true, force: true }))
  return path
}
