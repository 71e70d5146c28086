import { expect, test } from 'vitest'
import { CanceledError, Ctx, Waits } from '../../src/index.js'

test('waits › a value, then an error › come as they are', async () => {
  const ctx = Ctx.root()
  using waits = new Waits(ctx)
  expect(await waits.for(Promise.resolve(7))).toBe(7)
  await expect(waits.for(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
})

test('waits › a cancellation › ends the wait with its reason, and what comes later is swallowed', async () => {
  const ctx = Ctx.root()
  using waits = new Waits(ctx)
  const { promise, reject } = late()
  const wait = waits.for(promise)
  ctx.cancel(new Error('over'))
  await expect(wait).rejects.toThrow('over')
  await expect(waits.for(Promise.reject(new Error('later')))).rejects.toThrow(CanceledError)
  reject(new Error('too late'))
})

test('waits › many of them › one listener, which goes with the loop', async () => {
  const ctx = Ctx.root()
  {
    using waits = new Waits(ctx)
    for (let i = 0; i < 100; i++) await waits.for(Promise.resolve(i))
    expect(ctx.listeners).toBe(1)
  }
  expect(ctx.listeners).toBe(0)
})

function late(): { promise: Promise<never>; reject: (e: Error) => void } {
  let reject: (e: Error) => void = () => undefined
  const promise = new Promise<never>((_, fail) => {
    reject = fail
  })
  return { promise, reject }
}
