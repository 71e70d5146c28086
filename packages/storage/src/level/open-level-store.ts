import { mkdir, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { yieldTurn } from '@zkstack/concurrency'
import type { LevelStoreOptions } from '../level-store.js'
import type { NodeStore } from '../store.js'
import { BlockTable } from './block-table.js'
import { diskError } from './disk-error.js'
import { lockFolder } from './folder-lock.js'
import type { Head } from './head.js'
import { Journal } from './journal.js'
import { LevelNodeStore } from './level-node-store.js'
import { PayloadTable } from './payload-table.js'
import { StateTable } from './state-table.js'
import { syncFolder } from './witness.js'

/** Index entries checked at the start by default: a few milliseconds. */
const recentEntries = 10_000n

/** See {@link levelStore}. */
export async function openLevelStore(path: string, o: LevelStoreOptions): Promise<NodeStore> {
  const folder = await prepareFolder(path)
  const unlock = await lockFolder(folder)
  try {
    const journal = await Journal.open(folder, o)
    try {
      return await storeOn(journal, { path, unlock, yieldTurn, options: o })
    } catch (e) {
      await journal.close()
      throw e
    }
  } catch (e) {
    await unlock()
    throw diskError(e, path, 'open the store')
  }
}

/** The store of a journal, after a check of what it refers to. Throws StorageError `STORE_GAP`, `STORE_CORRUPT`. */
export async function storeOn(
  journal: Journal,
  {
    path,
    unlock,
    yieldTurn,
    options: o,
  }: {
    readonly path: string
    readonly options: LevelStoreOptions
    /** Lets others have their turns while a large payload is hashed. */
    readonly yieldTurn: () => Promise<void>
    unlock(): Promise<void>
  },
): Promise<NodeStore> {
  const { head, database } = journal
  const payloads = new PayloadTable(database, yieldTurn)
  const states = await StateTable.read(database, payloads, head)
  const blocks = new BlockTable(database, payloads)
  const everything = o.check === 'everything'
  await blocks.check(head, everything ? head.next - head.first : recentEntries)
  if (everything) await readAll(blocks, head)
  return new LevelNodeStore({
    path,
    journal,
    blocks,
    states,
    range: { first: head.first, next: head.next, last: await blocks.tip(head) },
    firstBlock: o.firstBlock,
    payloadsHere: o.payloads !== 'elsewhere',
    unlock,
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
    if (created !== undefined) await syncNames(folder, await realpath(created))
    return folder
  } catch (e) {
    throw diskError(e, path, 'use the folder')
  }
}

/** Makes the names of new folders durable, from the innermost to the outermost. */
async function syncNames(innermost: string, outermost: string): Promise<void> {
  for (let folder = innermost; ; folder = dirname(folder)) {
    await syncFolder(dirname(folder))
    if (folder === outermost || folder === dirname(folder)) return
  }
}
