import { describe, expect, test } from 'vitest'
import { CanceledError, Ctx, Semaphore } from '../../src/index.js'

describe('semaphore', () => {
  test('semaphore › all permits held › the next waits in turn until one is disposed of', async () => {
    const semaphore = new Semaphore(2)
    const held = [await semaphore.acquire(), await semaphore.acquire()]
    expect(semaphore.available).toBe(0)
    expect(semaphore.tryAcquire()).toBeUndefined()
    const order: number[] = []
    const waits = [1, 2].map((n) => semaphore.acquire().then((permit) => (order.push(n), permit)))
    held[0]?.[Symbol.dispose]()
    held[0]?.[Symbol.dispose]()
    await waits[0]
    expect(order).toEqual([1])
    expect(semaphore.waiting).toBe(1)
    held[1]?.[Symbol.dispose]()
    for (const permit of await Promise.all(waits)) permit[Symbol.dispose]()
    expect(order).toEqual([1, 2])
    expect(semaphore.available).toBe(2)
  })

  test('semaphore › wait canceled › no permit is lost', async () => {
    using ctx = Ctx.root()
    const semaphore = new Semaphore(1)
    const held = await semaphore.acquire()
    const wait = semaphore.acquire({ signal: ctx.signal })
    ctx.cancel()
    await expect(wait).rejects.toThrow(CanceledError)
    held[Symbol.dispose]()
    expect(semaphore.available).toBe(1)
    await expect(semaphore.acquire({ signal: ctx.signal })).rejects.toThrow(CanceledError)
  })

  test('semaphore › permits › only a positive integer', () => {
    for (const permits of [0, -1, 0.5, NaN, Infinity])
      expect(() => new Semaphore(permits)).toThrow(RangeError)
  })
})
