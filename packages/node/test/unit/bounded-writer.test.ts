import { PassThrough } from 'node:stream'
import { ManualClock } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { boundedWriter } from '../../src/cli/bounded-writer.js'

test('a log that nobody reads › stops to grow, and tells what is lost when it is read again', () => {
  const stream = new PassThrough({ highWaterMark: 1 })
  const write = boundedWriter(stream, { clock: new ManualClock(), maxBytes: 100 })
  for (let i = 0; i < 1_000; i++) write(`line ${i}\n`)
  expect(stream.writableLength).toBeLessThan(120)
  const kept = String(stream.read()).split('\n').length - 1
  while (stream.writableLength > 0) stream.read()
  write('line 1000\n')
  const lines = String(stream.read()).trimEnd().split('\n')
  expect(lines.at(-1)).toBe('line 1000')
  expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ level: 'warn' })
  expect(kept).toBeGreaterThan(0)
})
