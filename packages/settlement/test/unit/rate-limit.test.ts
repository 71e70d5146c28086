import { describe, expect, test } from 'vitest'
import { NetworkRateLimits, SlidingWindow } from '../../src/index.js'
import { errorOf, valueOf } from '../helpers/value-of.js'

const two = { maxPerInterval: 2, intervalMs: 1000 }

describe('a sliding window', () => {
  test('lets through as many as it may in any interval', () => {
    const window = new SlidingWindow(two)
    valueOf(window.reserve(0)).record(0)
    valueOf(window.reserve(600)).record(600)
    expect(errorOf(window.reserve(999))).toEqual({ ...two, untilNextMs: 1 })
    valueOf(window.reserve(1000)).record(1000)
    expect(errorOf(window.reserve(1000)).untilNextMs).toBe(600)
  })

  test('counts what is being done, until it is released', () => {
    const window = new SlidingWindow(two)
    const [a, b] = [valueOf(window.reserve(0)), valueOf(window.reserve(0))]
    expect(window.reserve(0).ok).toBe(false)
    a.release()
    a.release()
    valueOf(window.reserve(0))
    expect(window.reserve(0).ok).toBe(false)
    b.record(5)
    b.release()
    expect(errorOf(window.reserve(10)).untilNextMs).toBe(995)
  })

  test('counts from when something was done, not from when it was begun', () => {
    const window = new SlidingWindow({ maxPerInterval: 1, intervalMs: 1000 })
    valueOf(window.reserve(0)).record(900)
    expect(window.reserve(1500).ok).toBe(false)
    expect(window.reserve(1900).ok).toBe(true)
  })

  test('may have no limit, or let nothing through', () => {
    const open = new SlidingWindow('unlimited')
    for (let i = 0; i < 1000; i++) valueOf(open.reserve(0)).record(0)
    expect(errorOf(new SlidingWindow('disabled').reserve(0)).untilNextMs).toBeUndefined()
    const none = new SlidingWindow({ maxPerInterval: 0, intervalMs: 1 })
    expect(errorOf(none.reserve(0)).untilNextMs).toBeUndefined()
  })

  test('of no sense › is refused', () => {
    expect(() => new SlidingWindow({ maxPerInterval: -1, intervalMs: 1 })).toThrow(RangeError)
    expect(() => new SlidingWindow({ maxPerInterval: 1, intervalMs: 0 })).toThrow(RangeError)
  })
})

describe('the limits of networks', () => {
  test('count for each alone, by its own limit or the default', () => {
    const networks = new Map([[7, 'unlimited' as const]])
    const limits = new NetworkRateLimits({ default: two, networks })
    for (const networkId of [1, 2, 1, 2]) valueOf(limits.reserve(networkId, 0)).record(0)
    expect(limits.reserve(1, 0).ok).toBe(false)
    for (let i = 0; i < 5; i++) valueOf(limits.reserve(7, 0)).record(0)
  })

  test('of many networks that come once › are forgotten', () => {
    const limits = new NetworkRateLimits({ default: two })
    for (let networkId = 0; networkId < 5000; networkId++)
      valueOf(limits.reserve(networkId, networkId * 2000)).record(networkId * 2000)
    expect(limits.reserve(1, 10_000_000).ok).toBe(true)
  })
})
