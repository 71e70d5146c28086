import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@zkstack/concurrency'
import { createTestNetwork } from '@zkstack/executor/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadExecution } from '../../src/run/load-execution.js'
import type { ExecutionModule } from '../../src/index.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-execution-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function load(
  execution: string,
  executionOptions: Readonly<Record<string, unknown>> = {},
): Promise<ExecutionModule> {
  await using network = await createTestNetwork(1, { start: false })
  const { genesis } = network
  const config = { execution, executionOptions, data: join(folder, 'data') }
  return await loadExecution(config, { genesis, logger: silentLogger })
}

async function module(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

describe('loadExecution', () => {
  test('a module › gets genesis, a folder of its own and its options', async () => {
    const path = await module(
      'good.mjs',
      `export default async ({ genesis, dataDir, options, logger }) => {
        logger.info('here')
        return { execution: { genesis, dataDir, options } }
      }`,
    )
    const { execution } = await load(path, { a: 1 })
    expect(execution).toMatchObject({
      genesis: { chainId: 1337n },
      dataDir: join(folder, 'data', 'execution'),
      options: { a: 1 },
    })
  })

  test.each([
    ['absent.mjs', undefined, 'does not load: '],
    ['syntax.mjs', 'export default (', 'does not load: '],
    ['named.mjs', 'export const chain = () => ({})', 'no function as its default export'],
    [
      'throws.mjs',
      "export default () => { throw new Error('no database') }",
      'does not start: no database',
    ],
    [
      'empty.mjs',
      'export default () => ({})',
      'did not return { execution, mempool?, validators? }',
    ],
  ])('%s › is refused by name, with the reason', async (name, text, reason) => {
    const path = text === undefined ? join(folder, name) : await module(name, text)
    await expect(load(path)).rejects.toMatchObject({ code: 'CONFIG_EXECUTION', key: 'execution' })
    await expect(load(path)).rejects.toThrow(reason)
  })

  test('a builtin that does not exist › is refused with the one that was meant', async () => {
    await expect(load('builtin:laod')).rejects.toThrow('did you mean builtin:load?')
  })
})

describe('builtin:load', () => {
  const o = { signal: new AbortController().signal }
  const proposal = { epoch: 0n, view: 0n, maxBytes: 100, deadline: new Date(0) }
  const judged = { epoch: 0n, leader: new Uint8Array() }

  test('its proposals › have the size that was asked for, and pass for their own number only', async () => {
    const { execution } = await load('builtin:load', { payloadBytes: 10, intervalMs: 0 })
    const payload = (await execution.propose({ ...proposal, number: 5n }, o)) ?? new Uint8Array()
    expect(payload).toHaveLength(18)
    expect(await execution.verify({ ...judged, number: 5n, payload }, o)).toEqual({ ok: true })
    expect(await execution.verify({ ...judged, number: 6n, payload }, o)).toMatchObject({
      ok: false,
    })
    const short = payload.subarray(1)
    expect(await execution.verify({ ...judged, number: 5n, payload: short }, o)).toMatchObject({
      ok: false,
    })
  })

  test('more than a block holds › nothing is proposed; a wrong option is refused by name', async () => {
    const { execution } = await load('builtin:load', { payloadBytes: 93, intervalMs: 0 })
    expect(await execution.propose({ ...proposal, number: 0n }, o)).toBeNull()
    await expect(load('builtin:load', { payloadByte: 1 })).rejects.toThrow(
      'executionOptions.payloadByte: is not a key of this file (did you mean payloadBytes?)',
    )
  })
})
