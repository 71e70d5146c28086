import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ctx, ManualClock } from '@zkstack/concurrency'
import { loadCryptoBackends, toHex } from '@zkstack/crypto'
import { certificateId } from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  BackupEngine,
  columns,
  createBackup,
  levelDatabase,
  listBackups,
  memoryDatabase,
  readBackup,
  readNetworkInfo,
  readOnlyDatabase,
  restoreBackup,
  SettlementStore,
  type Database,
} from '../../src/index.js'
import { certificateChain, CrashingDatabase } from '../../testing/index.js'
import { storeProblems } from '../helpers/check-store.js'
import { life, settleAll, world } from '../helpers/lives.js'
import { temporaryFolder } from '../helpers/temporary-folder.js'

beforeAll(() => loadCryptoBackends())

const clock = new ManualClock({ utcMs: 1_700_000_000_000 })

async function content(database: Database): Promise<string[]> {
  const lines: string[] = []
  for await (const [key, value] of database.entries()) lines.push(`${toHex(key)}=${toHex(value)}`)
  return lines
}

async function settledDatabase(): Promise<Database> {
  const w = world()
  const chain = certificateChain(1, 2)
  await life(w, chain, {}, (r) => settleAll(r, chain))
  return w.database
}

async function takeAll(path: string, number: number): Promise<number> {
  let count = 0
  for await (const _ of readBackup(path, number)) count++
  return count
}

describe('a backup', () => {
  test('restored to an empty database › is the same, and a node goes on from it', async () => {
    const path = await temporaryFolder()
    const database = await settledDatabase()
    const { number, entries } = await createBackup(database, { path, clock })
    expect(number).toBe(1)
    const restored = await levelDatabase(join(await temporaryFolder(), 'db'))
    await restoreBackup(restored, { path, number })
    expect(await content(restored)).toEqual(await content(database))
    expect(await storeProblems(restored)).toEqual([])
    expect(entries).toBe((await content(database)).length)
    await expect(restoreBackup(restored, { path, number })).rejects.toMatchObject({
      code: 'STORAGE_BACKUP',
    })
    await restored.close()
  })

  test('restored from before the settlement › is caught up with from L1, without a second transaction', async () => {
    const path = await temporaryFolder()
    const chain = certificateChain(1, 1)
    const w = world()
    await life(w, chain, { crash: { write: 3, when: 'after' } }, (r) => settleAll(r, chain))
    await createBackup(w.database, { path, clock })
    await life(w, chain, {}, (r) => settleAll(r, chain))
    expect(w.l1.transactions).toHaveLength(1)
    const database = memoryDatabase()
    await restoreBackup(database, { path, number: 1 })
    await life({ ...w, database }, chain, {}, (r) => settleAll(r, chain))
    expect(w.l1.transactions).toHaveLength(1)
    expect(await storeProblems(database)).toEqual([])
  })

  test('of which a part was restored when the process died › is nothing that a node goes on from', async () => {
    const path = await temporaryFolder()
    const database = await settledDatabase()
    await database.write(
      Array.from({ length: 2000 }, (_, height) =>
        columns.startCheckpoints.put({ epoch: 1n, networkId: height }, 0n),
      ),
    )
    await createBackup(database, { path, clock })
    for (const write of [1, 2, 3]) {
      const part = memoryDatabase()
      const point = { write, when: 'before' } as const
      const dying = new CrashingDatabase(part, { point, onCrash: () => undefined })
      await expect(restoreBackup(dying, { path, number: 1 })).rejects.toThrow()
      await expect(SettlementStore.open(part)).rejects.toMatchObject({ code: 'STORAGE_SCHEMA' })
    }
  })

  test('beyond the number to keep › replaces the oldest', async () => {
    const path = await temporaryFolder()
    const database = memoryDatabase([[Uint8Array.of(1), Uint8Array.of(2)]])
    for (let i = 0; i < 5; i++) await createBackup(database, { path, keep: 3, clock })
    expect(await listBackups(path)).toEqual([3, 4, 5])
    expect(JSON.parse(await readFile(join(path, '0000000005', 'manifest.json'), 'utf8'))).toEqual({
      version: 1,
      number: 5,
      created_at_ms: 1_700_000_000_000,
      entries: 1,
      bytes: 10,
      sha256: expect.any(String) as string,
    })
  })

  test('that is cut, altered, longer or without manifest › is refused before anything is restored', async () => {
    const path = await temporaryFolder()
    const database = await settledDatabase()
    const damages: ((data: string, manifest: string) => Promise<void>)[] = [
      (data) => truncate(data, 100),
      (data) => appendFile(data, 'x'),
      async (data) => {
        const bytes = await readFile(data)
        bytes[50] = (bytes[50] ?? 0) ^ 1
        await writeFile(data, bytes)
      },
      (_, manifest) => writeFile(manifest, '{}'),
      (_, manifest) => writeFile(manifest, ''),
      async (_, manifest) => {
        const text = await readFile(manifest, 'utf8')
        await writeFile(manifest, text.replace('"version":1', '"version":2'))
      },
    ]
    for (const damage of damages) {
      const { number } = await createBackup(database, { path, clock })
      const folder = join(path, String(number).padStart(10, '0'))
      await damage(join(folder, 'data'), join(folder, 'manifest.json'))
      const target = memoryDatabase()
      await expect(restoreBackup(target, { path, number })).rejects.toMatchObject({
        code: 'STORAGE_BACKUP',
      })
      expect(await content(target)).toEqual([])
    }
    await expect(takeAll(path, 999)).rejects.toMatchObject({ code: 'STORAGE_BACKUP' })
  })

  test('taken while a node writes › is of one moment', async () => {
    const path = await temporaryFolder()
    const database = await levelDatabase(join(path, 'db'))
    const both = async (value: number) =>
      database.write(
        [1, 2].map((key) => ({
          type: 'put' as const,
          key: Uint8Array.of(key),
          value: Uint8Array.of(value),
        })),
      )
    await both(0)
    const backups = join(path, 'backups')
    for (let i = 1; i <= 10; i++)
      await Promise.all([both(i), createBackup(database, { path: backups, clock })])
    for (const number of await listBackups(backups)) {
      const values: string[] = []
      for await (const [, value] of readBackup(backups, number)) values.push(toHex(value))
      expect(new Set(values).size).toBe(1)
    }
    await database.close()
  })

  test('is how a running node is inspected, LevelDB having no reader beside its writer', async () => {
    const path = await temporaryFolder()
    const chain = certificateChain(1, 1)
    const database = await levelDatabase(join(path, 'db'))
    await life({ ...world(), database }, chain, {}, (r) => settleAll(r, chain))
    await expect(levelDatabase(join(path, 'db'))).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    const backups = join(path, 'backups')
    const { number } = await createBackup(database, { path: backups, clock })
    const entries = []
    for await (const entry of readBackup(backups, number)) entries.push(entry)
    const inspected = readOnlyDatabase(memoryDatabase(entries))
    expect(await readNetworkInfo(inspected, 1)).toMatchObject({ settledHeight: 0n })
    await expect(inspected.write([])).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' })
    await database.close()
  })
})

describe('the backup engine', () => {
  test('asked many times at once › takes few, and ends when it is cancelled', async () => {
    const path = await temporaryFolder()
    const engine = new BackupEngine(await settledDatabase(), { path, clock })
    const ctx = Ctx.root()
    const ended = engine.run(ctx).catch((e: unknown) => e)
    for (let i = 0; i < 50; i++) engine.request()
    while ((await readdir(path)).filter((name) => /^\d+$/.test(name)).length === 0)
      await new Promise((resolve) => setImmediate(resolve))
    ctx.cancel()
    expect(await ended).toMatchObject({ name: 'AbortError' })
    expect((await listBackups(path)).length).toBeLessThan(4)
  })
})

describe('a settlement store on LevelDB', () => {
  test('whose log is cut within the last write, at any place › is as it was before that write, and the node goes on', async () => {
    const chain = certificateChain(1, 1)
    for (const crashWrite of [3, 4, 5]) {
      for (const cut of [1, 20, 60]) {
        const path = join(await temporaryFolder(), 'db')
        const w = { ...world(), database: await levelDatabase(path) }
        await life(w, chain, { crash: { write: crashWrite, when: 'after' } }, (r) =>
          settleAll(r, chain),
        )
        await w.database.close()
        const log = (await readdir(path))
          .filter((name) => name.endsWith('.log'))
          .sort()
          .at(-1)
        if (log === undefined) throw new Error('no log')
        const file = join(path, log)
        await truncate(file, (await readFile(file)).length - cut)
        const database = await levelDatabase(path)
        expect(await storeProblems(database)).toEqual([])
        await life({ ...w, database }, chain, {}, (r) => settleAll(r, chain))
        const store = await SettlementStore.open(database)
        const [first] = chain
        if (first === undefined) throw new Error('no certificate')
        const header = await store.header(certificateId(first.certificate))
        expect(header?.status.type).toBe('settled')
        expect(w.l1.transactions).toHaveLength(1)
        await database.close()
      }
    }
  })
})
