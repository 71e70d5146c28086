import { Uint8ArrayList } from 'uint8arraylist'
import { expect, test } from 'vitest'
import { PieceJoiner } from '../../src/transport/piece-joiner.js'

const KB = 1024

test('piece joiner › bytes come one by one › they take few pieces, and none is lost', () => {
  const list = new Uint8ArrayList()
  const joiner = new PieceJoiner(list)
  let most = 0
  for (let i = 0; i < 10_000; i++) {
    list.append(Uint8Array.of(i))
    joiner.changed()
    most = Math.max(most, [...list].length)
  }
  expect(most).toBeLessThanOrEqual(((64 + 10) * KB) / 256)
  expect(list.subarray()).toEqual(Uint8Array.from({ length: 10_000 }, (_, i) => i))
})

test('piece joiner › pieces are long › they stay as they are', () => {
  const list = new Uint8ArrayList()
  const joiner = new PieceJoiner(list)
  const pieces = Array.from({ length: 1_000 }, () => new Uint8Array(KB))
  for (const piece of pieces) {
    list.append(piece)
    joiner.changed()
  }
  const kept = [...list]
  expect(kept.length).toBe(1_000)
  expect(kept.every((piece, i) => piece === pieces[i])).toBe(true)
})

test('piece joiner › the more there is › the rarer it is copied: some hundred bytes for each piece at most', () => {
  const list = new Uint8ArrayList()
  let copied = 0
  const slice = list.slice.bind(list)
  list.slice = () => {
    copied += list.byteLength
    return slice()
  }
  const joiner = new PieceJoiner(list)
  const pieces = 60_000
  for (let i = 0; i < pieces; i++) {
    list.append(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    joiner.changed()
  }
  expect(copied).toBeGreaterThan(0)
  expect(copied / pieces).toBeLessThan(300)
})

test('piece joiner › what was there is taken › counting begins anew', () => {
  const list = new Uint8ArrayList()
  const joiner = new PieceJoiner(list)
  for (let i = 0; i < 1_000; i++) {
    const piece = Uint8Array.of(i)
    list.append(piece)
    joiner.changed()
    expect([...list][0]).toBe(piece)
    list.consume(1)
    joiner.changed()
  }
})
