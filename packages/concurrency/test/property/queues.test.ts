import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  Ctx,
  isCanceled,
  ManualClock,
  PrunableQueue,
  RateLimiter,
  Semaphore,
} from '../../src/index.js'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
console.log(`SEED=${seed}`)
const settings = { seed, numRuns: 200 }

test('prunable queue › any pushes and takes › behaves like the list it stands for', () => {
  const step = fc.oneof(
    fc.record({ key: fc.integer({ min: 0, max: 5 }), rank: fc.integer({ min: 0, max: 4 }) }),
    fc.constant('take' as const),
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      (steps, capacity) => {
        const queue = new PrunableQueue<{ key: number; rank: number }>({
          key: (v) => String(v.key),
          prefer: (old, next) => (next.rank > old.rank ? 'next' : 'old'),
          capacity,
        })
        let model: { key: number; rank: number }[] = []
        for (const s of steps) {
          if (s === 'take') {
            expect(queue.tryReceive()).toBe(model.shift())
            continue
          }
          const old = model.find((v) => v.key === s.key)
          const dropped = old === undefined ? model.length >= capacity : old.rank >= s.rank
          expect(queue.push(s)).toBe(
            dropped ? 'dropped' : old === undefined ? 'queued' : 'replaced',
          )
          if (!dropped) model = [...model.filter((v) => v !== old), s]
          expect(queue.size).toBe(model.length)
        }
      },
    ),
    settings,
  )
})

test('rate limiter › any use › never grants more than burst + elapsed / refresh, and 0 ≤ available ≤ burst', async () => {
  const step = fc.oneof(
    fc.record({ acquire: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ dispose: fc.nat(20) }),
    fc.record({ advance: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ cancel: fc.nat(20) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new ManualClock()
      const [burst, refreshMs] = [4, 100]
      const limiter = new RateLimiter({ burst, refreshMs, clock })
      using root = Ctx.root({ clock })
      const held: Disposable[] = []
      const waiting: Ctx[] = []
      const waits: Promise<void>[] = []
      let granted = 0
      for (const s of steps) {
        if ('acquire' in s) {
          const ctx = root.child()
          waiting.push(ctx)
          waits.push(
            limiter.acquire(s.acquire, { signal: ctx.signal }).then(
              (permit) => {
                granted += s.acquire
                held.push(permit)
              },
              (e: unknown) => {
                expect(isCanceled(e)).toBe(true)
              },
            ),
          )
        } else if ('dispose' in s) held[s.dispose % Math.max(1, held.length)]?.[Symbol.dispose]()
        else if ('cancel' in s) waiting[s.cancel % Math.max(1, waiting.length)]?.cancel()
        else clock.advance(s.advance)
        for (let i = 0; i < 8; i++) await Promise.resolve()
        expect(granted).toBeLessThanOrEqual(burst + Math.floor(clock.now() / refreshMs))
        expect(limiter.available).toBeGreaterThanOrEqual(0)
        expect(limiter.available).toBeLessThanOrEqual(burst)
      }
      root.cancel()
      await Promise.all(waits)
      for (const permit of held) permit[Symbol.dispose]()
      clock.advance(burst * refreshMs)
      expect(limiter.available).toBe(burst)
      expect(clock.pendingTimers).toBe(0)
    }),
    settings,
  )
})

test('semaphore › any interleaving of holders › never more than the permits hold, and all permits come back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.nat(5), { maxLength: 30 }),
      async (permits, holds) => {
        const semaphore = new Semaphore(permits)
        let holding = 0
        await Promise.all(
          holds.map(async (turns) => {
            using _permit = await semaphore.acquire()
            holding += 1
            expect(holding).toBeLessThanOrEqual(permits)
            for (let i = 0; i < turns; i++) await Promise.resolve()
            holding -= 1
          }),
        )
        expect(semaphore.available).toBe(permits)
      },
    ),
    settings,
  )
})
