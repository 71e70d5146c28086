import { expect, test } from 'vitest'
import { recordingLogger, settle } from '../../testing/index.js'

test('recording logger › a child logs › its line is recorded with the fields of both', () => {
  const logger = recordingLogger()
  logger.child({ a: 1 }).warn('careful', { b: 2 })
  expect(logger.records).toEqual([{ level: 'warn', message: 'careful', fields: { a: 1, b: 2 } }])
})

test('settle › a chain of promises and timers is ready › it has run', async () => {
  let done = false
  setTimeout(() => {
    Promise.resolve().then(
      () => (done = true),
      () => undefined,
    )
  }, 0)
  await settle()
  expect(done).toBe(true)
})
