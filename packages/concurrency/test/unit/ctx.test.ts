import { describe, expect, test } from 'vitest'
import { CanceledError, Channel, Ctx, isCanceled, ManualClock } from '../../src/index.js'

const never = new Promise<never>(() => undefined)

describe('context', () => {
  test('context › canceled while a promise is raced › the race ends with CanceledError', async () => {
    using ctx = Ctx.root()
    const race = ctx.race(never)
    ctx.cancel('enough')
    await expect(race).rejects.toMatchObject({
      name: 'AbortError',
      code: 'CANCELED',
      cause: 'enough',
    })
    await expect(ctx.race(Promise.resolve(1))).rejects.toThrow(CanceledError)
  })

  test('context › raced promise settles first › its value or its error passes through', async () => {
    using ctx = Ctx.root()
    expect(await ctx.race(Promise.resolve(7))).toBe(7)
    await expect(ctx.race(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(ctx.listeners).toBe(0)
  })

  test('context › raced promise rejects after the cancellation › nothing is unhandled', async () => {
    using ctx = Ctx.root()
    let fail = (_: Error): void => undefined
    const race = ctx.race(new Promise<never>((_, reject) => (fail = reject)))
    ctx.cancel()
    await expect(race).rejects.toThrow(CanceledError)
    fail(new Error('too late'))
    await new Promise((resolve) => setTimeout(resolve, 5))
  })

  test('context › one promise raced by several contexts › each gets the value, canceled ones do not', async () => {
    using a = Ctx.root()
    using b = Ctx.root()
    let give = (_: number): void => undefined
    const promise = new Promise<number>((resolve) => (give = resolve))
    const races = [a.race(promise), b.race(promise), a.race(promise)]
    b.cancel()
    give(3)
    const results = await Promise.allSettled(races)
    expect(results.map((r) => (r.status === 'fulfilled' ? r.value : isCanceled(r.reason)))).toEqual(
      [3, true, 3],
    )
  })

  test('context › manual clock is advanced › now shows it and sleepers wake at their time', async () => {
    const clock = new ManualClock()
    using ctx = Ctx.root({ clock })
    const start = ctx.clock.now()
    const slept = ctx.sleep(1000).then(() => ctx.clock.now())
    clock.advance(999)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(501)
    expect(await slept).toBe(1500)
    expect(ctx.clock.now() - start).toBe(1500)
  })

  test('context › sleeping until a moment › wakes at it, at once when it has passed, never when canceled', async () => {
    const clock = new ManualClock({ nowMs: 100 })
    using ctx = Ctx.root({ clock })
    const sleeps = [ctx.sleepUntil(150), ctx.sleepUntil(50)]
    const woken: number[] = []
    const wakes = sleeps.map((s, i) => s.then(() => woken.push(i)))
    clock.advance(0)
    await wakes[1]
    expect(woken).toEqual([1])
    clock.advanceTo(150)
    await Promise.all(wakes)
    expect(woken).toEqual([1, 0])
    const canceled = ctx.sleepUntil(1e9)
    ctx.cancel()
    await expect(canceled).rejects.toThrow(CanceledError)
    expect(clock.pendingTimers).toBe(0)
    await expect(ctx.sleep(1)).rejects.toThrow(CanceledError)
  })

  test('context › receiving from an empty channel when canceled › CanceledError, and no value is lost', async () => {
    using ctx = Ctx.root()
    const channel = new Channel<number>(1)
    const receive = channel.receive({ signal: ctx.signal })
    ctx.cancel()
    await expect(receive).rejects.toThrow(CanceledError)
    await channel.send(1)
    await expect(channel.receive({ signal: ctx.signal })).rejects.toThrow(CanceledError)
    expect(await channel.receive()).toBe(1)
  })

  test('context › sending to a full channel when canceled › CanceledError, and the value is not sent', async () => {
    using ctx = Ctx.root()
    const channel = new Channel<number>(1)
    await channel.send(1, { signal: ctx.signal })
    const send = channel.send(2, { signal: ctx.signal })
    ctx.cancel()
    await expect(send).rejects.toThrow(CanceledError)
    expect(await channel.receive()).toBe(1)
    expect(channel.tryReceive()).toBeUndefined()
    await expect(channel.send(3, { signal: ctx.signal })).rejects.toThrow(CanceledError)
  })

  test('context › parent canceled › descendants are canceled with the same error, siblings of a canceled child are not', () => {
    using root = Ctx.root()
    const a = root.child()
    const b = root.child()
    const leaf = a.child()
    a.cancel('a')
    expect([root.canceled, a.canceled, leaf.canceled, b.canceled]).toEqual([
      false,
      true,
      true,
      false,
    ])
    root.cancel('all')
    expect(b.reason).toBe(root.reason)
    expect(leaf.reason).toBe(a.reason)
    expect(root.child().canceled).toBe(true)
  })

  test('context › deadline of a child › is the earlier of its own and its parent’s', () => {
    const clock = new ManualClock()
    using root = Ctx.root({ clock, timeoutMs: 100 })
    expect(root.child({ timeoutMs: 500 }).deadline).toBe(100)
    expect(root.child({ timeoutMs: 500, deadline: 30 }).deadline).toBe(30)
    const early = root.child({ timeoutMs: 50 })
    expect(early.deadline).toBe(50)
    clock.advance(50)
    expect([early.canceled, root.canceled]).toEqual([true, false])
    clock.advance(50)
    expect(root.canceled).toBe(true)
    expect(root.reason).toMatchObject({ code: 'CANCELED', message: 'the deadline has passed' })
    expect(clock.pendingTimers).toBe(0)
  })

  test('context › disposed child › is unlinked from its parent and leaves no timer', () => {
    const clock = new ManualClock()
    using root = Ctx.root({ clock })
    {
      using child = root.child({ timeoutMs: 10 })
      expect(root.listeners).toBe(1)
      expect(child.canceled).toBe(false)
    }
    expect(root.listeners).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  test('context › external signal aborts › the root is canceled with its reason as the cause', () => {
    const controller = new AbortController()
    using ctx = Ctx.root({ signal: controller.signal })
    const reason = new Error('shutdown')
    controller.abort(reason)
    expect(ctx.reason?.cause).toBe(reason)
    expect(Ctx.root({ signal: controller.signal }).canceled).toBe(true)
  })

  test('context › signal asked for after the cancellation › is aborted already', () => {
    using ctx = Ctx.root()
    ctx.cancel()
    expect(ctx.signal.aborted).toBe(true)
    expect(ctx.signal.reason).toBe(ctx.reason)
    expect(() => {
      ctx.throwIfCanceled()
    }).toThrow(CanceledError)
  })

  test('context › a cancel listener throws › the others run and the error is thrown by cancel', () => {
    using ctx = Ctx.root()
    const calls: string[] = []
    ctx.onCancel(() => {
      throw new Error('bad listener')
    })
    ctx.onCancel(() => calls.push('second'))
    const unlink = ctx.onCancel(() => calls.push('unlinked'))
    unlink()
    expect(() => {
      ctx.cancel()
    }).toThrow('bad listener')
    ctx.onCancel(() => calls.push('late'))
    expect(calls).toEqual(['second', 'late'])
  })
})

test('context › frozen promise › is raced like any other, more than once', async () => {
  using ctx = Ctx.root()
  const frozen = Object.freeze(Promise.resolve(7))
  await expect(Promise.all([ctx.race(frozen), ctx.race(frozen)])).resolves.toEqual([7, 7])
  const never = Object.freeze(new Promise<never>(() => undefined))
  const raced = ctx.race(never)
  ctx.cancel()
  await expect(raced).rejects.toMatchObject({ code: 'CANCELED' })
})

test('context › a time-out that is no number › is a RangeError of root and child alike, not a context without one', () => {
  const root = Ctx.root({ clock: new ManualClock() })
  const makes = [
    () => Ctx.root({ timeoutMs: Number.NaN }),
    () => root.child({ timeoutMs: Number.NaN }),
    () => root.child({ deadline: Number.NaN }),
  ]
  for (const make of makes) expect(make).toThrow(RangeError)
  expect(root.listeners).toBe(0)
})
