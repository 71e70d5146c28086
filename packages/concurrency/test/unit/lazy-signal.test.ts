import { expect, test } from 'vitest'
import { Ctx, lazySignal } from '../../src/index.js'

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

test('a lazy signal aborts with its context, also when it is asked for afterwards', () => {
  const ctx = Ctx.root()
  const options = lazySignal(ctx)
  ctx.cancel(new Error('over'))
  expect(options.signal.aborted).toBe(true)
})
