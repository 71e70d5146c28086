import {
  appendFile,
  chmod,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { describe, expect, it, vi } from 'vitest'
import { levelStore } from '../../src/index.js'
import { TestChain } from '../../testing/index.js'
import { runChild } from './child.js'
import { temporaryFolder } from './temporary-folder.js'

const root = await temporaryFolder()
const chain = new TestChain()
const at = (name: string) => join(root, name)

async function openBound(path: string) {
  const store = await levelStore(path)
  await store.open(chain.genesis, { onGenesisChange: 'refuse' })
  return store
}

/** How the opening fails: the code, and the whole message. */
async function failure(path: string): Promise<{ code: string; message: string }> {
  try {
    await (await levelStore(path))[Symbol.asyncDispose]()
  } catch (e) {
    if (e instanceof Error && 'code' in e) return { code: String(e.code), message: e.message }
    throw e
  }
  return { code: 'none', message: '' }
}

describe('the lock of a level store', () => {
  it('a second opener in this process › is refused as STORE_LOCKED, by any name of the folder › and the first goes on', async () => {
    const store = await openBound(at('locked'))
    await symlink(at('locked'), at('alias'))
    for (const path of [at('locked'), at('alias'), `${at('locked')}/../locked/`]) {
      const { code, message } = await failure(path)
      expect(code).toBe('STORE_LOCKED')
      expect(message).toMatch(/locked: is open already.*close that store/)
    }
    await store.append(chain.block(0n))
    await store[Symbol.asyncDispose]()
    expect(await failure(at('alias'))).toMatchObject({ code: 'none' })
  })

  it('a second process › is refused as STORE_LOCKED while the first lives, and not longer › even when it is killed', async () => {
    const holder = runChild('lock-holder.ts', [at('shared')])
    await holder.said('open')
    for (let i = 0; i < 2; i++)
      expect(await failure(at('shared'))).toMatchObject({ code: 'STORE_LOCKED' })
    holder.process.kill('SIGKILL')
    await holder.ended
    const store = await openBound(at('shared'))
    // An attempt in this process must not give up the lock against others.
    expect(await failure(at('shared'))).toMatchObject({ code: 'STORE_LOCKED' })
    const second = runChild('lock-holder.ts', [at('shared')])
    await second.ended
    expect(second.lines).toEqual(['STORE_LOCKED'])
    await store[Symbol.asyncDispose]()
  })
})

describe('opening a level store', () => {
  it('a path that is a file, or leads through one › is STORE_PATH', async () => {
    await writeFile(at('file'), 'text')
    for (const path of [at('file'), join(at('file'), 'below')]) {
      const { code, message } = await failure(path)
      expect(code).toBe('STORE_PATH')
      expect(message).toContain(path)
    }
  })

  // The superuser may write everywhere.
  it.runIf(process.getuid?.() !== 0)(
    'a folder that may not be written › is STORE_PATH',
    async () => {
      await mkdir(at('read-only'))
      await chmod(at('read-only'), 0o500)
      expect(await failure(at('read-only'))).toMatchObject({ code: 'STORE_PATH' })
    },
  )

  it.runIf(process.platform === 'linux')(
    'folders within folders that are made › all their names are synced, not the last alone',
    async () => {
      await using handle = await open(root)
      const files = Object.getPrototypeOf(handle) as FileHandle
      const whole = files.sync
      const synced: string[] = []
      const sync = vi.spyOn(files, 'sync').mockImplementation(async function (this: FileHandle) {
        synced.push(await readlink(`/proc/self/fd/${this.fd}`))
        return whole.call(this)
      })
      try {
        await (await levelStore(at('new/er/est')))[Symbol.asyncDispose]()
      } finally {
        sync.mockRestore()
      }
      for (const folder of [root, at('new'), at('new/er')]) expect(synced).toContain(folder)
    },
  )

  it('no path at all › is a TypeError', async () => {
    await expect(levelStore('')).rejects.toBeInstanceOf(TypeError)
  })

  it('a database of another program › is STORE_SCHEMA › and is left as it is', async () => {
    const foreign = new Level(join(at('foreign'), 'db'))
    await foreign.put('key', 'value')
    await foreign.close()
    expect(await failure(at('foreign'))).toMatchObject({ code: 'STORE_SCHEMA' })
    await foreign.open()
    expect(await foreign.get('key')).toBe('value')
    await foreign.close()
  })

  it('a full disk › fails the append as STORE_FULL, and all writes after it › and what was acknowledged is there later', async () => {
    const writer = runChild('full-disk-writer.ts', [at('full')], { limit: 256 })
    expect((await writer.ended).code).toBe(0)
    const acknowledged = writer.lines.filter((line) => line.startsWith('block ')).length
    expect(acknowledged).toBeGreaterThan(3)
    expect(writer.lines.slice(acknowledged)).toEqual(['STORE_FULL with cause', 'again STORE_FULL'])
    const store = await openBound(at('full'))
    expect(store.range().next).toBeGreaterThanOrEqual(BigInt(acknowledged))
    await store.append(chain.block(store.range().next))
    await store[Symbol.asyncDispose]()
  })
})

describe('database and witness', () => {
  /** A store, a copy of it, and the same store some writes later. */
  async function twoStages(name: string, writes: number) {
    const [path, early] = [at(name), at(`${name}-early`)]
    const first = await openBound(path)
    await first.append(chain.block(0n))
    await first.save(chain.key(), chain.state(1n))
    await first[Symbol.asyncDispose]()
    await cp(path, early, { recursive: true })
    const second = await openBound(path)
    for (let i = 0; i < writes; i++) await second.save(chain.key(), chain.state(BigInt(i + 2)))
    await second[Symbol.asyncDispose]()
    return { path, early }
  }

  it('a crash between the write to the database and that to the witness › keeps the write, which is the safe way', async () => {
    const { path, early } = await twoStages('ahead', 1)
    await cp(join(early, 'witness'), join(path, 'witness'))
    for (let i = 0; i < 2; i++) {
      const store = await openBound(path)
      expect((await store.load(chain.key()))?.view).toBe(2n)
      await store[Symbol.asyncDispose]()
    }
  })

  it('a write that is torn at the end of the log › is dropped, since nobody was told of it', async () => {
    const { path, early } = await twoStages('torn', 1)
    await cp(join(early, 'witness'), join(path, 'witness'))
    const current = (await readFile(join(path, 'db', 'CURRENT'), 'utf8')).trim()
    const log = join(
      path,
      'db',
      `${String(Number(current.slice('MANIFEST-'.length)) + 2).padStart(6, '0')}.log`,
    )
    const { length } = await readFile(log)
    await truncate(log, length - 10)
    const store = await openBound(path)
    expect((await store.load(chain.key()))?.view).toBe(1n)
    await store.save(chain.key(), chain.state(5n))
    await store[Symbol.asyncDispose]()
    expect(await failure(path)).toMatchObject({ code: 'none' })
  })

  it('a write in the middle of the log that the disk has changed › is STORE_CORRUPT, not an older record, and stays it', async () => {
    const path = at('middle')
    const store = await openBound(path)
    const { validator } = chain.key()
    const marks = Array.from({ length: 2500 }, (_, i) => ({ next: BigInt(i), utcMs: i }))
    await store.addresses?.saveVersion(validator, 1n)
    await store.addresses?.saveVersion(validator, 2n)
    for (let i = 0; i < 3; i++) await store.marks?.save(marks)
    await store[Symbol.asyncDispose]()
    const log = join(
      path,
      'db',
      (await readdir(join(path, 'db'))).find((n) => /log$/.test(n)) ?? '',
    )
    const bytes = await readFile(log)
    const last = bytes.lastIndexOf(validator)
    bytes[last] = (bytes[last] ?? 0) ^ 1
    await writeFile(log, bytes)
    for (let i = 0; i < 2; i++) expect(await failure(path)).toMatchObject({ code: 'STORE_CORRUPT' })
  })

  it('a manifest to which a power cut has added zeros › opens with all that was acknowledged', async () => {
    const { path } = await twoStages('zeros', 2)
    const folder = join(path, 'db')
    const name = (await readFile(join(folder, 'CURRENT'), 'latin1')).trim()
    await appendFile(join(folder, name), new Uint8Array(40_000))
    expect(await failure(path)).toMatchObject({ code: 'none' })
  })

  it('a manifest with zeros in its middle › is STORE_CORRUPT', async () => {
    const { path } = await twoStages('zeros-within', 2)
    const folder = join(path, 'db')
    const name = (await readFile(join(folder, 'CURRENT'), 'latin1')).trim()
    const bytes = await readFile(join(folder, name))
    await writeFile(join(folder, name), Buffer.concat([new Uint8Array(7), bytes.subarray(7)]))
    expect(await failure(path)).toMatchObject({ code: 'STORE_CORRUPT' })
  })

  const stale = 'is STORE_CORRUPT, and stays it'
  it(`a database that was put back › ${stale}`, async () => {
    const { path, early } = await twoStages('database-back', 1)
    await rm(join(path, 'db'), { recursive: true })
    await cp(join(early, 'db'), join(path, 'db'), { recursive: true })
    for (let i = 0; i < 2; i++) {
      const { code, message } = await failure(path)
      expect(code).toBe('STORE_CORRUPT')
      expect(message).toMatch(/acknowledged writes are gone.*do not vote/)
    }
  })

  it(`a witness that was put back by more than one write › ${stale}`, async () => {
    const { path, early } = await twoStages('witness-back', 2)
    await cp(join(early, 'witness'), join(path, 'witness'))
    for (let i = 0; i < 2; i++) expect(await failure(path)).toMatchObject({ code: 'STORE_CORRUPT' })
  })

  it(`the witness of another store › ${stale}`, async () => {
    const { path } = await twoStages('mine', 1)
    const other = await twoStages('other', 1)
    await cp(join(other.path, 'witness'), join(path, 'witness'))
    for (let i = 0; i < 2; i++) expect(await failure(path)).toMatchObject({ code: 'STORE_CORRUPT' })
  })

  it(`a missing database beside a witness › ${stale}`, async () => {
    const { path } = await twoStages('gone', 1)
    await rm(join(path, 'db'), { recursive: true })
    for (let i = 0; i < 2; i++) expect(await failure(path)).toMatchObject({ code: 'STORE_CORRUPT' })
  })
})
