import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = 'examples/quickstart/quickstart.ts'
const source = readFileSync(root + program, 'utf8')

describe('the quickstart', () => {
  test('finalises five blocks in order and ends by itself', async () => {
    const command = ['--import', 'tsx', program]
    const { stdout } = await promisify(execFile)('node', command, { cwd: root, timeout: 110_000 })
    const heights = [...stdout.matchAll(/^block (\d+) is final/gm)].map(([, height]) => height)
    expect(heights.slice(0, 5)).toEqual(['1', '2', '3', '4', '5'])
  }, 120_000)

  test('has fewer than 40 lines', () => {
    expect(source.split('\n').length).toBeLessThan(40)
  })

  test('is the example of the README', () => {
    expect(readFileSync(`${root}README.md`, 'utf8')).toContain('```ts\n' + source + '```\n')
  })
})
