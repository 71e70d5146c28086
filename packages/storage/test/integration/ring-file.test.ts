import { open, readFile, stat, truncate, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { seededRandom } from '@zkstack/concurrency'
import { openRingFile, readRingFile, StorageError } from '@zkstack/storage'
import { temporaryFolder } from './temporary-folder.js'

const maxBytes = 64 * 1024
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  await body(join(await temporaryFolder(), 'recording'))
}

/** What the file holds, as texts. */
async function contentOf(path: string): Promise<string[][]> {
  return (await readRingFile(path)).map((segment) => segment.map(textOf))
}

/** What all open files have in common. */
async function prototypeOf(path: string): Promise<FileHandle> {
  await using handle = await open(path)
  return Object.getPrototypeOf(handle) as FileHandle
}

/** Writes numbered records of 1 000 bytes and a checkpoint where one is wanted. */
async function fill(path: string, from: number, to: number): Promise<void> {
  await using ring = await openRingFile(path, { maxBytes })
  for (let i = from; i < to; i += 1) {
    if (ring.wants === 'checkpoint') ring.begin(bytesOf(`checkpoint ${i}`))
    const record = bytesOf(String(i).padEnd(1000))
    if (!ring.append(record)) {
      ring.begin(bytesOf(`checkpoint ${i}`))
      expect(ring.append(record)).toBe(true)
    }
    if (i % 8 === 7) await ring.flush()
  }
}

const numbersOf = (segments: string[][]): number[] =>
  segments.flatMap((segment) => segment.slice(1).map(Number))

describe('ring file', () => {
  test('records › written and read › are the same, after their checkpoint', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 5)
      const [segment, ...more] = await contentOf(path)
      expect(more).toEqual([])
      expect(segment?.[0]).toBe('checkpoint 0')
      expect(numbersOf([segment ?? []])).toEqual([0, 1, 2, 3, 4])
    })
  })

  test('more than fits › the oldest go, the file keeps its size, and at least half of it is history', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 500)
      expect((await stat(path)).size).toBeLessThanOrEqual(maxBytes)
      const segments = await contentOf(path)
      const numbers = numbersOf(segments)
      expect(numbers.at(-1)).toBe(499)
      expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i))
      expect(numbers.length).toBeGreaterThan(32)
      for (const segment of segments) expect(segment[0]).toMatch(/^checkpoint/)
    })
  })

  test('opened again › what an earlier process wrote is kept, and a new segment begins', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 20)
      await fill(path, 20, 25)
      const segments = await contentOf(path)
      expect(numbersOf(segments)).toEqual(Array.from({ length: 25 }, (_, i) => i))
      expect(segments.at(-1)?.[0]).toBe('checkpoint 20')
    })
  })

  test('a torn end, at every length › the records before it are read', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 3)
      const { size } = await stat(path)
      for (let cut = 1; cut < 1016; cut += 101) {
        await truncate(path, size - cut)
        expect(numbersOf(await contentOf(path))).toEqual([0, 1])
      }
    })
  })

  test('any byte changed › what is read is a part of what was written', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 40)
      const good = await readFile(path)
      const written = numbersOf(await contentOf(path))
      const seed = process.env['SEED'] ?? '1'
      const random = seededRandom(seed)
      for (let i = 0; i < 60; i += 1) {
        const bytes = Uint8Array.from(good)
        const at = 32 + (random.uint32() % (bytes.length - 32))
        bytes[at] = (bytes[at] ?? 0) ^ (1 + (random.uint32() % 255))
        await writeFile(path, bytes)
        const read = numbersOf(await contentOf(path))
        expect(written, `SEED=${seed}`).toEqual(expect.arrayContaining(read))
        expect(read.length, `SEED=${seed}`).toBeGreaterThan(0)
      }
    })
  })

  test('a large file is opened again › its checkpoints are read, and nothing else of it', async () => {
    await withPath(async (path) => {
      await fill(path, 0, 100)
      const files = await prototypeOf(path)
      const whole = files.read
      let asked = 0
      const read = vi.spyOn(files, 'read').mockImplementation(function (
        this: FileHandle,
        bytes: Uint8Array,
        offset: number,
        length: number,
        position: number,
      ) {
        asked += length
        return Reflect.apply(whole, this, [bytes, offset, length, position]) as unknown
      } as typeof whole)
      try {
        await using ring = await openRingFile(path, { maxBytes })
        expect(asked).toBeLessThan(300)
        ring.begin(bytesOf('checkpoint 100'))
      } finally {
        read.mockRestore()
      }
      expect((await contentOf(path)).at(-1)).toEqual(['checkpoint 100'])
    })
  })

  test('the disk takes a part of a record, and the rest when asked again › nothing is lost', async () => {
    await withPath(async (path) => {
      await using ring = await openRingFile(path, { maxBytes })
      const files = await prototypeOf(path)
      const whole = files.write
      const write = vi.spyOn(files, 'write').mockImplementationOnce(function (
        this: FileHandle,
        bytes: Uint8Array,
        offset: number,
        length: number,
        position: number,
      ) {
        return Reflect.apply(whole, this, [bytes, offset, length >> 1, position]) as unknown
      } as typeof whole)
      try {
        ring.begin(bytesOf('checkpoint 0'))
        ring.append(bytesOf('1'))
        await ring.flush()
      } finally {
        write.mockRestore()
      }
      expect(await contentOf(path)).toEqual([['checkpoint 0', '1']])
    })
  })

  test('a file of somebody else › is left alone', async () => {
    await withPath(async (path) => {
      await writeFile(path, 'somebody’s thesis')
      for (const use of [openRingFile(path), readRingFile(path)]) {
        await expect(use).rejects.toMatchObject({ code: 'STORE_SCHEMA' })
      }
      expect(await readFile(path, 'utf8')).toBe('somebody’s thesis')
    })
  })

  test('a path that cannot be › STORE_PATH', async () => {
    await withPath(async (path) => {
      await expect(openRingFile(join(path, 'no', 'such'))).rejects.toMatchObject({
        code: 'STORE_PATH',
      })
      await expect(readRingFile(path)).rejects.toBeInstanceOf(StorageError)
    })
  })

  test('records come faster than the disk takes them › they are lost, memory is bounded, and a checkpoint is wanted', async () => {
    await withPath(async (path) => {
      const ring = await openRingFile(path, { maxBytes })
      ring.begin(bytesOf('checkpoint'))
      let taken = 0
      for (let i = 0; i < 1000; i += 1) {
        if (ring.append(new Uint8Array(1000))) taken += 1
        else if (ring.wants === 'checkpoint') ring.begin(bytesOf('checkpoint'))
      }
      expect(taken).toBeLessThan(40)
      expect(ring.wants).toBe('nothing')
      await ring.close()
      expect((await contentOf(path)).length).toBeGreaterThan(0)
    })
  })

  test('a checkpoint larger than a segment › one failure that says what to do, and nothing more is taken', async () => {
    await withPath(async (path) => {
      const failures: string[] = []
      const onFailure = (error: StorageError): void => {
        failures.push(error.message)
      }
      await using ring = await openRingFile(path, { maxBytes, onFailure })
      ring.begin(new Uint8Array(maxBytes))
      expect(ring.wants).toBe('nothing')
      expect(failures).toEqual([expect.stringContaining('raise its maxBytes')])
    })
  })

  test('a size that makes no sense › a RangeError', async () => {
    await withPath(async (path) => {
      await expect(openRingFile(path, { maxBytes: 10 })).rejects.toThrow(RangeError)
    })
  })
})
