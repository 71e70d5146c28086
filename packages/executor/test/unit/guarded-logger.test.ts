import { silentLogger, type Logger } from '@zkstack/concurrency'
import { expect, it } from 'vitest'
import { guardedLogger } from '../../src/guarded-logger.js'

it('a logger that throws, rejects or has no child › harms nobody, and the first failure is told once', async () => {
  const told: string[] = []
  const lines: string[] = []
  const bad = (text: string) => (): never => {
    throw new Error(text)
  }
  const rejecting: () => unknown = () => Promise.reject(new Error('late'))
  const logger: Logger = {
    debug: bad('debug'),
    info: (message) => lines.push(message),
    warn: rejecting,
    error: bad('error'),
    child: bad('child'),
  }
  const guarded = guardedLogger(logger, (e) => told.push(e.message))
  guarded.warn('a')
  await new Promise((resolve) => setImmediate(resolve))
  guarded.debug('b')
  guarded.error('c', { view: 3n })
  guarded.child({ epoch: 1n }).info('d')
  expect(told).toEqual(['late'])
  expect(lines).toEqual(['d'])
})

it('a child of a guarded logger › is guarded too, and adds its fields', () => {
  const told: string[] = []
  const seen: unknown[] = []
  const logger: Logger = {
    ...silentLogger,
    child: (fields) => ({
      ...silentLogger,
      info: (_, more) => seen.push({ ...fields, ...more }),
      error: () => {
        throw new Error('full')
      },
    }),
  }
  const child = guardedLogger(logger, (e) => told.push(e.message)).child({ node: 1 })
  child.info('a', { view: 2n })
  child.error('b')
  expect(seen).toEqual([{ node: 1, view: 2n }])
  expect(told).toEqual(['full'])
})
