import { describe, expect, test } from 'vitest'
import { ReturnedMemory } from '../../src/workers/returned-memory.js'

describe('memory that workers give back', () => {
  test('a piece that is large enough › is used again, by one at a time', () => {
    const memory = new ReturnedMemory()
    const first = memory.take(100_000)
    memory.giveBack(first.buffer)
    const second = memory.take(70_000)
    expect(second.buffer).toBe(first.buffer)
    expect(second.length).toBe(70_000)
    expect(memory.take(70_000).buffer).not.toBe(first.buffer)
  })

  test('several that are large enough › the smallest of them is taken', () => {
    const memory = new ReturnedMemory()
    const pieces = [300_000, 1_000, 60_000].map((length) => memory.take(length).buffer)
    for (const piece of pieces) memory.giveBack(piece)
    expect(memory.take(900).buffer).toBe(pieces[1])
    expect(memory.take(900).buffer).toBe(pieces[2])
    expect(memory.take(70_000).buffer).toBe(pieces[0])
  })

  test('many pieces, small ones, or a huge one › no more is kept than four of half a MiB', () => {
    const memory = new ReturnedMemory()
    const pieces = Array.from({ length: 9 }, () => new ArrayBuffer(512 * 1024))
    const others = [0, 1, 1023, 512 * 1024 + 1].map((length) => new ArrayBuffer(length))
    for (const piece of [...pieces, ...others]) memory.giveBack(piece)
    const known = new Set<ArrayBufferLike>([...pieces, ...others])
    const taken = Array.from({ length: 14 }, () => memory.take(0).buffer)
    expect(taken.filter((piece) => known.has(piece))).toHaveLength(4)
    expect(taken.every((piece) => piece.byteLength >= 1024)).toBe(true)
    expect(memory.take(1024 * 1024).buffer.byteLength).toBe(1024 * 1024)
  })
})
