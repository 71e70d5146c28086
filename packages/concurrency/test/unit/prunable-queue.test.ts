import { describe, expect, test } from 'vitest'
import { CanceledError, Ctx, PrunableQueue } from '../../src/index.js'

interface Item {
  readonly id: number
  readonly key: string
  readonly rank: number
}
const item = (id: number, key: string, rank: number): Item => ({ id, key, rank })
const byRank = {
  key: (v: Item) => v.key,
  prefer: (old: Item, next: Item): 'old' | 'next' => (next.rank > old.rank ? 'next' : 'old'),
  capacity: 10,
}

describe('prunable queue', () => {
  test('prunable queue › values of different slots › are received in the order they came', async () => {
    const queue = new PrunableQueue(byRank)
    for (let i = 0; i < 10; i++) expect(queue.push(item(i, `k${i}`, 0))).toBe('queued')
    expect(queue.size).toBe(10)
    for (let i = 0; i < 10; i++) expect((await queue.receive()).id).toBe(i)
    expect(queue.tryReceive()).toBeUndefined()
  })

  test('prunable queue › one filtered, one pruned, one discarded of five › exactly the two others are received, in order', async () => {
    const queue = new PrunableQueue({ ...byRank, filter: (v: Item) => v.id !== 1 })
    expect(queue.push(item(1, 'a', 9))).toBe('dropped')
    expect(queue.push(item(2, 'a', 1))).toBe('queued')
    expect(queue.push(item(3, 'b', 2))).toBe('queued')
    expect(queue.push(item(4, 'a', 2))).toBe('replaced')
    expect(queue.push(item(5, 'b', 1))).toBe('dropped')
    expect([(await queue.receive()).id, (await queue.receive()).id]).toEqual([3, 4])
    expect(queue.size).toBe(0)
  })

  test('prunable queue › all slots in use › a new slot is dropped, a known one is replaced', () => {
    const queue = new PrunableQueue({ ...byRank, capacity: 2 })
    queue.push(item(1, 'a', 0))
    queue.push(item(2, 'b', 0))
    expect(queue.push(item(3, 'c', 9))).toBe('dropped')
    expect(queue.push(item(4, 'a', 1))).toBe('replaced')
    expect([queue.tryReceive()?.id, queue.tryReceive()?.id]).toEqual([2, 4])
    for (const capacity of [0, -1, 1.5, Infinity])
      expect(() => new PrunableQueue({ ...byRank, capacity })).toThrow(RangeError)
  })

  test('prunable queue › a receiver waits › it gets the value at once; a canceled one takes none', async () => {
    using ctx = Ctx.root()
    const queue = new PrunableQueue(byRank)
    const canceled = queue.receive({ signal: ctx.signal })
    const waiting = queue.receive()
    ctx.cancel()
    await expect(canceled).rejects.toThrow(CanceledError)
    queue.push(item(1, 'a', 0))
    expect((await waiting).id).toBe(1)
    expect(queue.size).toBe(0)
  })
})
