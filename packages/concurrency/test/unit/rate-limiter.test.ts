import { describe, expect, test } from 'vitest'
import { CanceledError, Ctx, ManualClock, RateLimiter } from '../../src/index.js'

/** Whether the promise has settled once everything ready has run. */
async function settled(p: Promise<unknown>): Promise<boolean> {
  let done = false
  p.then(
    () => (done = true),
    () => (done = true),
  )
  await new Promise((resolve) => setTimeout(resolve, 0))
  return done
}

describe('rate limiter', () => {
  test('rate limiter › permits consumed at once › a burst passes, then one per refresh interval', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ burst: 3, refreshMs: 100, clock })
    for (let i = 0; i < 3; i++) (await limiter.acquire())[Symbol.dispose]()
    for (let i = 1; i <= 4; i++) {
      const wait = limiter.acquire()
      clock.advanceTo(i * 100 - 1)
      expect(await settled(wait)).toBe(false)
      clock.advanceTo(i * 100)
      ;(await wait)[Symbol.dispose]()
    }
    clock.advance(1000)
    expect(limiter.available).toBe(3)
    const two = limiter.acquire(2)
    ;(await two)[Symbol.dispose]()
    const three = limiter.acquire(3)
    clock.advance(100)
    expect(await settled(three)).toBe(false)
    clock.advance(100)
    await three
  })

  test('rate limiter › refresh of 0 or less › never waits for time, whatever was consumed', async () => {
    const clock = new ManualClock()
    for (const refreshMs of [0, -1]) {
      const limiter = new RateLimiter({ burst: 5, refreshMs, clock })
      for (let i = 0; i < 100; i++) (await limiter.acquire(5))[Symbol.dispose]()
      await expect(limiter.acquire(6)).rejects.toThrow(RangeError)
    }
    const unlimited = new RateLimiter({ burst: Infinity, refreshMs: 0, clock })
    await unlimited.acquire(1e9)
    await unlimited.acquire(1e9)
    expect(clock.pendingTimers).toBe(0)
  })

  test('rate limiter › permits held for long › time counts for them only from their disposal', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ burst: 2, refreshMs: 100, clock })
    const held = await limiter.acquire(2)
    clock.advance(10_000)
    expect(limiter.available).toBe(0)
    const wait = limiter.acquire(1)
    expect(await settled(wait)).toBe(false)
    expect(clock.pendingTimers).toBe(0)
    held[Symbol.dispose]()
    held[Symbol.dispose]()
    expect(await settled(wait)).toBe(false)
    clock.advance(100)
    await wait
    expect(limiter.available).toBe(0)
    clock.advance(100)
    expect(limiter.available).toBe(1)
  })

  test('rate limiter › permits consumed at once › as if they were reserved and given up', async () => {
    const clock = new ManualClock()
    const limiters = [0, 1].map(() => new RateLimiter({ burst: 3, refreshMs: 10, clock }))
    const [one, other] = limiters as [RateLimiter, RateLimiter]
    for (let i = 0; i < 200; i++) {
      const permit = other.tryAcquire(1 + (i % 2))
      permit?.[Symbol.dispose]()
      expect(one.tryConsume(1 + (i % 2))).toBe(permit !== undefined)
      expect(one.available).toBe(other.available)
      clock.advance(i % 7)
    }
    expect(() => one.tryConsume(4)).toThrow(RangeError)
    const wait = one.acquire(3)
    expect(one.tryConsume(0)).toBe(false)
    clock.advance(30)
    await wait
  })

  test('rate limiter › more than the burst › RangeError instead of waiting for ever', async () => {
    const limiter = new RateLimiter({ burst: 2, refreshMs: 1, clock: new ManualClock() })
    await expect(limiter.acquire(3)).rejects.toThrow(RangeError)
    await expect(limiter.acquire(-1)).rejects.toThrow(RangeError)
    expect(() => limiter.tryAcquire(1.5)).toThrow(RangeError)
    for (const burst of [0, -1, 1.5, NaN]) {
      expect(() => new RateLimiter({ burst, refreshMs: 1, clock: new ManualClock() })).toThrow(
        RangeError,
      )
    }
  })

  test('rate limiter › waiters › are served in turn: a small request does not overtake a large one', async () => {
    const clock = new ManualClock()
    const limiter = new RateLimiter({ burst: 3, refreshMs: 10, clock })
    ;(await limiter.acquire(3))[Symbol.dispose]()
    const order: string[] = []
    const large = limiter.acquire(3).then((p) => (order.push('large'), p))
    const small = limiter.acquire(1).then((p) => (order.push('small'), p))
    clock.advance(20)
    expect(limiter.tryAcquire(1)).toBeUndefined()
    clock.advance(10)
    ;(await large)[Symbol.dispose]()
    clock.advance(10)
    await small
    expect(order).toEqual(['large', 'small'])
  })

  test('rate limiter › wait canceled › consumes nothing, and those behind move up', async () => {
    const clock = new ManualClock()
    using ctx = Ctx.root({ clock })
    const limiter = new RateLimiter({ burst: 2, refreshMs: 10, clock })
    ;(await limiter.acquire(1))[Symbol.dispose]()
    const large = limiter.acquire(2, { signal: ctx.signal })
    const small = limiter.acquire(1)
    expect(await settled(small)).toBe(false)
    ctx.cancel()
    await expect(large).rejects.toThrow(CanceledError)
    await small
    expect(limiter.available).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  test('rate limiter › interval that binary fractions cannot hold › a timer at a tick finds the tick elapsed', async () => {
    const clock = new ManualClock({ nowMs: 0.1 })
    const limiter = new RateLimiter({ burst: 1, refreshMs: 0.1, clock })
    for (let i = 0; i < 2000; i++) {
      const wait = limiter.acquire()
      if (clock.nextTimerMs !== undefined) clock.advanceTo(clock.nextTimerMs)
      ;(await wait)[Symbol.dispose]()
    }
    expect(clock.now()).toBeCloseTo(0.1 + 1999 * 0.1, 3)
  })
})
