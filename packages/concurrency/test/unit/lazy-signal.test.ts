import { expect, test } from 'vitest'
import { Ctx, lazySignal, onCancel } from '../../src/index.js'

test('a lazy signal is made when it is first asked for, and is always the same', () => {
  const made: AbortSignal[] = []
  const options = lazySignal({
    get signal() {
      made[0] ??= new AbortController().signal
      return made[0]
    },
  })
  expect(made).toHaveLength(0)
  expect(options.signal).toBe(options.signal)
  expect(made).toHaveLength(1)
})

test('options with a lazy signal › are copied › with the signal', () => {
  const ctx = Ctx.root()
  const options = lazySignal(ctx)
  expect({ ...options }.signal).toBe(ctx.signal)
  expect(Object.keys(options)).toEqual(['signal'])
})

test('a lazy signal aborts with its context, also when it is asked for afterwards', () => {
  const ctx = Ctx.root()
  const options = lazySignal(ctx)
  ctx.cancel(new Error('over'))
  expect(options.signal.aborted).toBe(true)
})

test('a lazy signal › is listened to › without being made when it is that of a context', () => {
  const ctx = Ctx.root()
  let canceled = 0
  const unlink = onCancel(lazySignal(ctx), () => {
    canceled += 1
  })
  onCancel(ctx, () => {
    canceled += 1
  })
  expect(ctx.listeners).toBe(2)
  unlink?.()
  ctx.cancel()
  expect(canceled).toBe(1)
  onCancel(lazySignal(ctx), () => {
    canceled += 1
  })
  expect(canceled).toBe(2)
})

test('options with a platform signal, or none › are listened to as ever', () => {
  const controller = new AbortController()
  let aborted = 0
  const unlink = onCancel({ signal: controller.signal }, () => {
    aborted += 1
  })
  expect(unlink).toBeTypeOf('function')
  controller.abort()
  expect(aborted).toBe(1)
  expect(onCancel({}, () => undefined)).toBeUndefined()
  expect(onCancel(undefined, () => undefined)).toBeUndefined()
})
