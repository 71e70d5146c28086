import { expect, test } from 'vitest'
import { jsonLogger, silentLogger, ZkStackError } from '../../src/index.js'

test('json logger › fields of every kind › one object per line, from the level on, with the child’s fields', () => {
  const lines: unknown[] = []
  const logger = jsonLogger((line) => lines.push(JSON.parse(line)), {
    level: 'warn',
    fields: { node: 1 },
  })
  logger.debug('no')
  logger.info('no')
  const child = logger.child({ view: 3n })
  child.warn('bytes', { hash: Uint8Array.of(1, 255) })
  child.error('failed', { error: new ZkStackError('CODE', 'text') })
  expect(lines).toEqual([
    { level: 'warn', message: 'bytes', node: 1, view: '3', hash: '01ff' },
    {
      level: 'error',
      message: 'failed',
      node: 1,
      view: '3',
      error: { name: 'ZkStackError', message: 'text', code: 'CODE' },
    },
  ])
})

test('json logger › a Buffer, and an error that has a form of its own › are bytes and an error all the same', () => {
  const lines: unknown[] = []
  const logger = jsonLogger((line) => lines.push(JSON.parse(line)))
  const error = Object.assign(new Error('refused'), { toJSON: () => ({ password: 'secret' }) })
  logger.info('a', { key: Buffer.from([1, 255]), list: [Buffer.from([2])], error })
  expect(lines).toEqual([
    {
      level: 'info',
      message: 'a',
      key: '01ff',
      list: ['02'],
      error: { name: 'Error', message: 'refused' },
    },
  ])
})

test('silent logger › child › is silent too', () => {
  expect(silentLogger.child({ a: 1 })).toBe(silentLogger)
})
