import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = new URL('heap.script.ts', import.meta.url).pathname

/** What ten simulations may leave behind; one of them has some 4 MB while it runs. */
const limit = 4_000_000

async function growth(...args: string[]): Promise<number> {
  const command = ['--expose-gc', '--import', 'tsx', script, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command)
  return (JSON.parse(stdout) as { growth: number }).growth
}

test('simulations › one after another in a process › leave nothing behind', async () => {
  expect(await growth()).toBeLessThan(limit)
}, 120_000)

test('simulations › whose results somebody keeps › are found by the same measure', async () => {
  expect(await growth('keep')).toBeGreaterThan(limit)
}, 120_000)
