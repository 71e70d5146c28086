import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

interface LeakReport {
  readonly bytesPerRound: number
  readonly listeners: number
  readonly timers: number
}

async function measure(...args: string[]): Promise<LeakReport> {
  const script = fileURLToPath(new URL('leak.script.ts', import.meta.url))
  const command = ['--expose-gc', '--import', 'tsx', script, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command)
  return JSON.parse(stdout) as LeakReport
}

test('context › 200 000 children raced, slept and disposed of on one root › the heap stays flat, no listener or timer remains', async () => {
  const report = await measure('200000')
  // The smallest thing that could leak, an empty object in a Set, has over 50 bytes.
  expect(report.bytesPerRound).toBeLessThan(5)
  expect(report).toMatchObject({ listeners: 0, timers: 0 })
})

test('context › children not disposed of › the same measurement shows the leak', async () => {
  const report = await measure('10000', 'leak')
  expect(report.bytesPerRound).toBeGreaterThan(500)
  expect(report.listeners).toBe(10_000)
})
