import { expect, test } from 'vitest'
import { PartWindow } from '../../src/parts/part-window.js'

/** A line that takes `wayMs` there and back, and one part each `partMs`; and how long parts wait on it. */
function transfer(
  window: PartWindow,
  o: { readonly wayMs: number; readonly partMs: number; readonly parts: number },
): { readonly ms: number; readonly mostWaitMs: number } {
  const arrivals: number[] = []
  let now = 0
  let free = 0
  let mostWaitMs = 0
  for (let sent = 0, taken = 0; taken < o.parts;) {
    if (window.isOpen && sent < o.parts) {
      const start = Math.max(now, free)
      // what waits at the beginning is the probing of the line
      if (sent > o.parts / 2) mostWaitMs = Math.max(mostWaitMs, start - now)
      free = start + o.partMs
      arrivals.push(free + o.wayMs)
      window.sent(now)
      sent++
      continue
    }
    now = arrivals[taken++] ?? now
    expect(window.taken(now)).toBe(true)
  }
  return { ms: now, mostWaitMs }
}

test('part window › on a fast line › few parts are under way, and none waits for more than a few others', () => {
  const window = new PartWindow()
  const { ms, mostWaitMs } = transfer(window, { wayMs: 0.1, partMs: 0.5, parts: 512 })
  expect(ms).toBeLessThan(512 * 0.5 * 1.2)
  expect(mostWaitMs).toBeLessThanOrEqual(3 * 0.5)
  expect(window.size).toBeLessThanOrEqual(4)
})

test('part window › on a long line › as many parts are under way as fill it', () => {
  const window = new PartWindow()
  const { ms, mostWaitMs } = transfer(window, { wayMs: 50, partMs: 1, parts: 1_024 })
  expect(ms).toBeLessThan(1_024 * 1.5 + 500)
  expect(mostWaitMs).toBeLessThanOrEqual(8)
  expect(window.size).toBeGreaterThan(40)
})

test('part window › on any line › at least two and at most 128 parts may be under way', () => {
  const long = new PartWindow()
  transfer(long, { wayMs: 2_000, partMs: 0.01, parts: 2_000 })
  expect(long.size).toBeLessThanOrEqual(128)
  const slow = new PartWindow()
  transfer(slow, { wayMs: 0, partMs: 100, parts: 100 })
  expect(slow.size).toBeGreaterThanOrEqual(2)
})

test('part window › the line becomes longer › the window follows once the old measurements are forgotten', () => {
  const window = new PartWindow()
  transfer(window, { wayMs: 1, partMs: 1, parts: 600 })
  transfer(window, { wayMs: 60, partMs: 1, parts: 3_000 })
  expect(window.size).toBeGreaterThan(30)
})

test('part window › a part is taken that was not sent › is told', () => {
  const window = new PartWindow()
  expect(window.taken(0)).toBe(false)
  window.sent(0)
  expect(window.taken(1)).toBe(true)
  expect(window.taken(1)).toBe(false)
})
