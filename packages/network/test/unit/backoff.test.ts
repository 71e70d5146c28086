import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { Backoff } from '../../src/peers/backoff.js'

function pauses(jitter: number, count: number, seed = 1): number[] {
  const backoff = new Backoff({ minMs: 500, maxMs: 20_000, jitter, random: seededRandom(seed) })
  return Array.from({ length: count }, () => backoff.next())
}

test('backoff › failures without jitter › doubles from 0.5 s to 20 s and stays there', () => {
  expect(pauses(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000])
})

test('backoff › jitter of a quarter › stays within it and differs', () => {
  const jittered = pauses(0.25, 200).slice(6)
  expect(Math.min(...jittered)).toBeGreaterThanOrEqual(15_000)
  expect(Math.max(...jittered)).toBeLessThanOrEqual(25_000)
  expect(new Set(jittered).size).toBeGreaterThan(100)
})

test('backoff › the same randomness › gives the same pauses', () => {
  expect(pauses(0.25, 10, 7)).toEqual(pauses(0.25, 10, 7))
})

test('backoff › reset › starts over', () => {
  const backoff = new Backoff({ minMs: 500, maxMs: 20_000, jitter: 0, random: seededRandom(1) })
  backoff.next()
  backoff.next()
  backoff.reset()
  expect(backoff.next()).toBe(500)
})
