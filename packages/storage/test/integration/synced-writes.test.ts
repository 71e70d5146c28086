import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { Level } from 'level'
import { expect, it, onTestFinished, vi } from 'vitest'
import { levelStore } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'
import { temporaryFolder } from './temporary-folder.js'

interface Batch {
  write(o?: { readonly sync?: boolean }): Promise<void>
}

const root = await temporaryFolder()

/** What all batches of LevelDB are made of. */
async function batchesOf(path: string): Promise<Batch> {
  const level = new Level(path)
  await level.open()
  const batch = level.batch()
  let shared = Object.getPrototypeOf(batch) as object
  while (!Object.hasOwn(shared, 'write')) shared = Object.getPrototypeOf(shared) as object
  await batch.close()
  await level.close()
  return shared as Batch
}

it('whatever a store acknowledges › LevelDB was told to sync, and so was the witness of votes and blocks', async () => {
  const writes = vi.spyOn(await batchesOf(join(root, 'other')), 'write')
  const syncs = vi.spyOn(fs, 'fdatasync')
  syncBuiltinESMExports()
  onTestFinished(() => {
    writes.mockRestore()
    syncs.mockRestore()
    syncBuiltinESMExports()
  })
  const chain = new TestChain()
  await using store = await levelStore(join(root, 'store'))
  await store.open(chain.genesis, { onGenesisChange: 'refuse' })
  const key = chain.key()
  const steps: Readonly<Record<string, () => Promise<void> | undefined>> = {
    append: () => store.append(chain.block(0n)),
    save: () => store.save(key, chain.state(1n)),
    appendAndSave: () => store.appendAndSave?.(chain.block(1n), { key, state: chain.state(2n) }),
    epochs: () => store.epochs.save(chain.epoch(0n)),
    marks: () => store.marks?.save([{ next: 1n, utcMs: 7 }]),
    addresses: () => store.addresses?.saveVersion(key.validator, 3n),
    prune: () => store.prune?.(1n),
  }
  for (const [name, step] of Object.entries(steps)) {
    writes.mockClear()
    syncs.mockClear()
    await step()
    expect(
      writes.mock.settledResults.map(({ type }) => type),
      name,
    ).toEqual(['fulfilled'])
    expect(writes.mock.calls, name).toEqual([[{ sync: true }]])
    expect(syncs.mock.calls.length, name).toBe(1)
  }
})
