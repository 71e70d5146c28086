import { describe, expect, test } from 'vitest'
import {
  bytesEqual,
  compareBytes,
  concatBytes,
  DecodeError,
  err,
  fromHex,
  hash32,
  ok,
  toHex,
} from '../../src/index.js'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe('bytes', () => {
  test('bytesEqual › compares length and content', () => {
    expect(bytesEqual(bytes(1, 2), bytes(1, 2))).toBe(true)
    expect(bytesEqual(bytes(1, 2), bytes(1, 3))).toBe(false)
    expect(bytesEqual(bytes(1), bytes(1, 0))).toBe(false)
    expect(bytesEqual(bytes(), bytes())).toBe(true)
  })

  test('compareBytes › orders unsigned bytes, a prefix first', () => {
    const sorted = [bytes(), bytes(0), bytes(0, 0), bytes(1), bytes(127), bytes(128), bytes(255)]
    const shuffled = [...sorted].reverse()
    expect(shuffled.sort(compareBytes)).toEqual(sorted)
    expect(compareBytes(bytes(7), bytes(7))).toBe(0)
  })

  test('concatBytes › joins into a new array', () => {
    const part = bytes(1, 2)
    const joined = concatBytes(part, bytes(), bytes(3))
    part[0] = 9
    expect(joined).toEqual(bytes(1, 2, 3))
  })

  test('toHex and fromHex › are inverse for every byte', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    expect(fromHex(toHex(all))).toEqual(all)
    expect(toHex(all)).toBe(Buffer.from(all).toString('hex'))
    expect([...all].map((byte) => toHex(Uint8Array.of(byte))).join('')).toBe(toHex(all))
    expect(fromHex('')).toEqual(bytes())
    expect(fromHex('aBCd')).toEqual(bytes(0xab, 0xcd))
  })

  test.each(['0', '0x00', 'zz', ' 00', '00 ', '0 0', '+1', '-1', '１２', 'a\n'])(
    'fromHex › %j › undefined',
    (text) => {
      expect(fromHex(text)).toBeUndefined()
    },
  )

  test('hash32 › any length but 32 › RangeError', () => {
    expect(hash32(new Uint8Array(32))).toHaveLength(32)
    for (const length of [0, 31, 33]) {
      expect(() => hash32(new Uint8Array(length))).toThrow(RangeError)
    }
  })

  test('DecodeError › carries code and offset', () => {
    const error = new DecodeError('TRUNCATED', 'the message ends early', 17)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'DecodeError', code: 'TRUNCATED', offset: 17 })
  })

  test('ok and err › make results', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 })
    expect(err('no')).toEqual({ ok: false, error: 'no' })
  })
})
