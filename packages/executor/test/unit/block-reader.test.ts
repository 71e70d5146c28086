import { Ctx, Watch } from '@zkstack/concurrency'
import { describe, expect, it } from 'vitest'
import { BlockReader } from '../../src/block-reader.js'
import { FakeStore } from './fixtures.js'

function setup(count: number) {
  const store = new FakeStore(0n, count)
  const applied = new Watch(BigInt(count))
  const life = Ctx.root()
  let failure: Error | undefined
  const reader = new BlockReader({ store, applied, life, failure: () => failure })
  return {
    store,
    applied,
    life,
    reader,
    grow(n: number): void {
      store.grow(n)
      applied.update((next) => next + BigInt(n))
    },
    fail(e: Error): void {
      failure = e
      life.cancel()
    },
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('block reader', () => {
  it('history, then live blocks › in order without a gap', async () => {
    const t = setup(3)
    const seen: bigint[] = []
    for await (const block of t.reader.stream(1n)) {
      seen.push(block.number)
      if (block.number === 2n) t.grow(2)
      if (block.number === 4n) break
    }
    expect(seen).toEqual([1n, 2n, 3n, 4n])
    expect(t.life.listeners).toBe(0)
  })

  it('a slow consumer › the store is read only when it asks', async () => {
    const t = setup(100)
    const blocks = t.reader.stream(0n)[Symbol.asyncIterator]()
    await blocks.next()
    await settle()
    expect(t.store.reads).toBe(1)
    await blocks.return?.()
  })

  it('a block on disk that is not committed yet › is not shown', async () => {
    const t = setup(1)
    t.store.grow(1)
    const second = t.reader.wait(1n)
    let shown = false
    const watching = second.then(() => (shown = true))
    await settle()
    expect(shown).toBe(false)
    t.applied.set(2n)
    expect((await second).number).toBe(1n)
    await watching
  })

  it('the node stops or the signal aborts › the loop ends; a wait rejects', async () => {
    const t = setup(1)
    const controller = new AbortController()
    const aborted = t.reader.stream(1n, controller.signal)[Symbol.asyncIterator]().next()
    const stopped = t.reader.stream(1n)[Symbol.asyncIterator]().next()
    const abortedWait = t.reader.wait(1n, controller.signal).catch((e: unknown) => e)
    const stoppedWait = t.reader.wait(1n).catch((e: unknown) => e)
    await settle()
    controller.abort()
    expect((await aborted).done).toBe(true)
    expect(await abortedWait).toMatchObject({ name: 'AbortError' })
    t.life.cancel()
    expect((await stopped).done).toBe(true)
    expect(await stoppedWait).toMatchObject({ code: 'NODE_STOPPED' })
  })

  it('the node fails › loops and waits throw the cause', async () => {
    const t = setup(0)
    const loop = t.reader
      .stream(0n)
      [Symbol.asyncIterator]()
      .next()
      .catch((e: unknown) => e)
    const wait = t.reader.wait(0n).catch((e: unknown) => e)
    const cause = new Error('disk full')
    t.fail(cause)
    expect(await loop).toBe(cause)
    expect(await wait).toBe(cause)
    await expect(t.reader.wait(0n)).rejects.toBe(cause)
  })

  it('return while a next waits › both end at once', async () => {
    const t = setup(0)
    const blocks = t.reader.stream(0n)[Symbol.asyncIterator]()
    const next = blocks.next()
    await settle()
    await blocks.return?.()
    expect((await next).done).toBe(true)
    expect(t.life.listeners).toBe(0)
  })

  it('a pruned block › BLOCK_PRUNED that names where the store starts', async () => {
    const t = setup(5)
    t.store.prune(3n)
    await expect(t.reader.wait(1n)).rejects.toMatchObject({ code: 'BLOCK_PRUNED' })
    await expect(t.reader.stream(1n)[Symbol.asyncIterator]().next()).rejects.toThrow('starts at 3')
  })
})
