import { basename } from 'node:path'
import { ManualClock } from '@zkstack/concurrency'
import { expect, test, vi } from 'vitest'
import { createBackup, memoryDatabase } from '../../src/index.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

/** What was done on the disk, in order. */
const done = vi.hoisted((): string[] => [])

vi.mock(import('node:fs/promises'), async (importOriginal) => {
  const fs = await importOriginal()
  return {
    ...fs,
    async open(path, ...rest) {
      const file = await fs.open(path, ...rest)
      const sync = file.sync.bind(file)
      file.sync = () => {
        done.push(`sync ${basename(String(path))}`)
        return sync()
      }
      return file
    },
    rename(from, to) {
      done.push(`rename ${basename(String(from))}`)
      return fs.rename(from, to)
    },
    rm(path, o) {
      if (/\d$/.test(String(path))) done.push(`rm ${basename(String(path))}`)
      return fs.rm(path, o)
    },
  }
})

test('a backup is on the disk, with its manifest and its name, before an older one goes', async () => {
  const path = await temporaryFolder()
  const o = { path, keep: 1, clock: new ManualClock() }
  await createBackup(memoryDatabase(), o)
  done.length = 0
  await createBackup(memoryDatabase(), o)
  expect(done).toEqual([
    'sync data',
    'sync manifest.json',
    'sync 0000000002.unfinished',
    'rename 0000000002.unfinished',
    `sync ${basename(path)}`,
    'rm 0000000001',
  ])
})
