import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const folder = new URL('./', import.meta.url)
const sources = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts') && file !== 'coverage-of-rules.test.ts')
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n')

describe('the tests', () => {
  test('rules of deferred verification › each of the 25 › has a test that begins with its number', () => {
    const missing = Array.from({ length: 25 }, (_, i) => i + 1).filter(
      (rule) => !sources.includes(`'rule ${rule} › `),
    )
    expect(missing).toEqual([])
  })

  test('reasons to reject a message › each code › occurs in a test', () => {
    const file = new URL('../../src/chonky/rejection.ts', import.meta.url)
    const codes = [...readFileSync(file, 'utf8').matchAll(/code: '([A-Z_]+)'/g)].map((m) => m[1]!)
    expect(codes.length).toBeGreaterThan(10)
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([])
  })

  test('reasons to stop and to warn › each code › occurs in a test', () => {
    const file = new URL('../../src/runner/errors.ts', import.meta.url)
    const codes = [...readFileSync(file, 'utf8').matchAll(/\| '([A-Z_]+)'/g)].map((m) => m[1]!)
    expect(codes.length).toBeGreaterThan(8)
    expect(codes.filter((code) => !sources.includes(code))).toEqual([])
  })
})
