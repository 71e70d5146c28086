import { mkdir, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LevelStoreOptions } from '../level-store.js'
import type { NodeStore } from '../store.js'
import { BlockTable } from './block-table.js'
import { diskError, lockedError } from './disk-error.js'
import type { Head } from './head.js'
import { Journal } from './journal.js'
import { LevelNodeStore } from './level-node-store.js'
import { claimPath, releasePath } from './open-paths.js'
import { StateTable } from './state-table.js'
import { syncFolder } from './witness.js'

/** Index entries checked at the start by default: a few milliseconds. */
const recentEntries = 10_000n

/** See {@link levelStore}. */
export async function openLevelStore(path: string, o: LevelStoreOptions): Promise<NodeStore> {
  const folder = await prepareFolder(path)
  if (!claimPath(folder)) throw lockedError(path)
  try {
    const journal = await Journal.open(folder, o.firstBlock ?? 0n)
    try {
      return await readStore(path, folder, journal, o)
    } catch (e) {
      await journal.close()
      throw e
    }
  } catch (e) {
    releasePath(folder)
    throw diskError(e, path, 'open the store')
  }
}

async function readStore(
  path: string,
  folder: string,
  journal: Journal,
  o: LevelStoreOptions,
): Promise<NodeStore> {
  const { head, database } = journal
  const states = await StateTable.read(database, head)
  const blocks = new BlockTable(database)
  const recent = o.check === undefined || o.check === 'recent'
  await blocks.check(head, recent ? recentEntries : head.next - head.first)
  if (o.check === 'everything') await readAll(blocks, head)
  return new LevelNodeStore({
    path,
    journal,
    blocks,
    states,
    range: { first: head.first, next: head.next, last: await blocks.tip(head) },
    firstBlock: o.firstBlock,
    payloadsHere: o.payloads !== 'elsewhere',
    release: () => releasePath(folder),
  })
}

async function readAll(blocks: BlockTable, head: Head): Promise<void> {
  for (let n = head.first; n < head.next; n++) await blocks.read(n, head)
}

/** The folder without links in its path, so that one folder has one name. */
async function prepareFolder(path: string): Promise<string> {
  try {
    const created = await mkdir(path, { recursive: true })
    const folder = await realpath(path)
    if (created !== undefined) await syncFolder(dirname(folder))
    return folder
  } catch (e) {
    throw diskError(e, path, 'use the folder')
  }
}
