import { describe, expect, test } from 'vitest'
import { affineClock, Ctx, ManualClock, realClock } from '../../src/index.js'

describe('clocks', () => {
  test('manual clock › several timers › fire in order of time, then of setting, each at its own time', () => {
    const clock = new ManualClock()
    const fired: string[] = []
    const at = (ms: number, name: string): (() => void) =>
      clock.setTimer(ms, () => fired.push(`${name}@${clock.now()}`))
    at(30, 'late')
    at(10, 'first')
    at(10, 'second')
    at(20, 'canceled')()
    at(-5, 'past')
    clock.setTimer(15, () => {
      at(16, 'set on the way')
      at(40, 'too late')
    })
    clock.advance(30)
    expect(fired).toEqual(['past@0', 'first@10', 'second@10', 'set on the way@16', 'late@30'])
    expect(clock.pendingTimers).toBe(1)
    expect(clock.nextTimerMs).toBe(40)
  })

  test('manual clock › never fires synchronously or before its time', () => {
    const clock = new ManualClock()
    let fired = false
    clock.setTimer(0, () => (fired = true))
    expect(fired).toBe(false)
    clock.advance(0)
    expect(fired).toBe(true)
    expect(() => {
      clock.advanceTo(-1)
    }).toThrow(RangeError)
    expect(() => {
      clock.advance(-1)
    }).toThrow(RangeError)
    expect(() => clock.setTimer(NaN, () => undefined)).toThrow(RangeError)
  })

  test('manual clock › wall clock is set › monotonic time and timers do not move', () => {
    const clock = new ManualClock({ utcMs: 1000 })
    let fired = false
    clock.setTimer(1, () => (fired = true))
    clock.setUtc(5e12)
    expect([clock.now(), clock.nowUtc(), fired]).toEqual([0, 5e12, false])
    clock.advance(7)
    expect([clock.now(), clock.nowUtc()]).toEqual([7, 5e12 + 7])
  })

  test('manual clock › autoAdvance › sleepers need no help, in order, while deadlines alone move nothing', async () => {
    const clock = new ManualClock({ autoAdvance: true })
    using ctx = Ctx.root({ clock })
    const woken: string[] = []
    await Promise.all([
      ctx.sleep(3_600_000).then(() => woken.push('hour')),
      ctx
        .sleep(1000)
        .then(() => ctx.sleep(1000))
        .then(() => woken.push('second')),
    ])
    expect(woken).toEqual(['second', 'hour'])
    expect(clock.now()).toBe(3_600_000)
    using deadline = ctx.child({ timeoutMs: 50 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(deadline.canceled).toBe(false)
    await ctx.sleep(100)
    expect(deadline.canceled).toBe(true)
  })

  test('manual clock › run › what each timer woke happens before the next timer fires', async () => {
    const clock = new ManualClock()
    using ctx = Ctx.root({ clock })
    const seen: number[] = []
    const loop = (async () => {
      for (let i = 0; i < 4; i++) {
        await ctx.sleep(10)
        seen.push(clock.now())
      }
    })()
    await clock.run(45)
    await loop
    expect(seen).toEqual([10, 20, 30, 40])
    expect(clock.now()).toBe(45)
  })

  test('affine clock › twice as fast › shows and waits accordingly', () => {
    const base = new ManualClock({ nowMs: 100, utcMs: 1000 })
    const clock = affineClock(base, 2)
    let fired = false
    clock.setTimer(120, () => (fired = true))
    base.advance(9)
    expect([clock.now(), clock.nowUtc(), fired]).toEqual([118, 1018, false])
    base.advance(1)
    expect(fired).toBe(true)
    for (const speed of [0, -1, NaN, Infinity])
      expect(() => affineClock(base, speed)).toThrow(RangeError)
  })

  test('affine clock › a timer at a time that no division hits › fires when the clock shows it, not a rounding error before', () => {
    for (let i = 1; i <= 1_000; i++) {
      const base = new ManualClock({ nowMs: i / 7 })
      const clock = affineClock(base, 1 + i / 9_973)
      const at = clock.now() + i / 3
      let shown = -Infinity
      clock.setTimer(at, () => (shown = clock.now()))
      base.advance(i)
      expect(shown).toBeGreaterThanOrEqual(at)
    }
  })

  test('real clock › a timer › fires not before its time, and not at all when canceled', async () => {
    const at = realClock.now() + 12.5
    let canceled = false
    const cancel = realClock.setTimer(at, () => (canceled = true))
    cancel()
    cancel()
    const fired = await new Promise<number>((resolve) => {
      realClock.setTimer(at, () => {
        resolve(realClock.now())
      })
    })
    expect(fired).toBeGreaterThanOrEqual(at)
    expect(canceled).toBe(false)
  })

  test('real clock › a timer farther away than the platform can count › does not fire at once', async () => {
    let fired = false
    const cancel = realClock.setTimer(realClock.now() + 2 ** 33, () => (fired = true))
    await new Promise((resolve) => setTimeout(resolve, 15))
    cancel()
    expect(fired).toBe(false)
  })
})
