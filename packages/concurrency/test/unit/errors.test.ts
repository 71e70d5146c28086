import { describe, expect, test } from 'vitest'
import {
  CanceledError,
  errorOf,
  isCanceled,
  RetryableError,
  wrapError,
  ZkStackError,
} from '../../src/index.js'

describe('errors', () => {
  test('isCanceled › the library’s and the platform’s cancellations › true; anything else › false', () => {
    expect(isCanceled(new CanceledError())).toBe(true)
    expect(isCanceled(new DOMException('x', 'AbortError'))).toBe(true)
    expect(isCanceled(AbortSignal.abort().reason)).toBe(true)
    for (const other of [
      new Error('x'),
      new ZkStackError('X', 'x'),
      'AbortError',
      undefined,
      { name: 'AbortError' },
    ]) {
      expect(isCanceled(other)).toBe(false)
    }
  })

  test('errors › names and codes › are stable and the cause is kept', () => {
    const cause = new Error('deep')
    expect(new ZkStackError('SOME_CODE', 'text', { cause })).toMatchObject({
      name: 'ZkStackError',
      code: 'SOME_CODE',
      cause,
    })
    expect(new RetryableError('later')).toMatchObject({ name: 'RetryableError', code: 'RETRYABLE' })
    expect(new RetryableError('later')).toBeInstanceOf(ZkStackError)
  })

  test('wrapError › an error › gets the message before it; a cancellation › passes through', () => {
    const cause = new Error('deep')
    expect(wrapError(cause, 'while reading')).toMatchObject({
      message: 'while reading: deep',
      cause,
    })
    const canceled = new CanceledError()
    expect(wrapError(canceled, 'while reading')).toBe(canceled)
    expect(errorOf(cause)).toBe(cause)
    expect(errorOf(5)).toMatchObject({ cause: 5 })
  })

  test('errorOf › a value that cannot be made a text › is the cause all the same', () => {
    const unprintable = {
      toString: () => {
        throw new TypeError('no text')
      },
    }
    for (const value of [Object.create(null), unprintable] as unknown[]) {
      const error = errorOf(value)
      expect(error.cause).toBe(value)
      expect(error.message).toBe('a value that is no Error was thrown: [object Object]')
    }
  })
})
