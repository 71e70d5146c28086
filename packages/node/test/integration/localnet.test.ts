import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemRandom } from '@zkstack/concurrency'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePorts } from '../../testing/index.js'
import { startZkstack } from './zkstack.js'

const ledger = fileURLToPath(new URL('../../../../examples/ledger/chain.ts', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zkstack-localnet-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Whether anybody listens at a status server's address. */
async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  )
}

async function untilSilent(urls: readonly string[]): Promise<void> {
  while ((await Promise.all(urls.map(answers))).includes(true))
    await new Promise((resolve) => setTimeout(resolve, 100))
}

describe('zkstack localnet', () => {
  test(
    'three nodes that run the example ledger › agree on blocks, twice, and leave no process',
    { timeout: 240_000 },
    async () => {
      const port = String(await freePorts(6, systemRandom))
      const balances = JSON.stringify({ balances: { ['ab'.repeat(32)]: '1000' }, patienceMs: 20 })
      const args = [
        ...['localnet', '--out', join(folder, 'net'), '--validators', '3', '--base-port', port],
        ...['--execution', ledger, '--execution-options', balances],
      ]
      for (const block of [5, 15]) {
        await using network = startZkstack([...args, '--until-block', String(block), '--json'])
        const exit = await network.exited
        expect(exit.code, network.output() + network.errors()).toBe(0)
        const lines = network.output().trimEnd().split('\n')
        const { nodes } = JSON.parse(lines.at(-1) ?? '') as { nodes: { committed: string }[] }
        expect(nodes.map(({ committed }) => Number(committed) >= block)).toEqual([true, true, true])
      }
      for (const name of ['v1', 'v2', 'v3']) {
        const log = await readFile(join(folder, 'net', name, 'log.jsonl'), 'utf8')
        expect(log.match(/"the node stopped"/g)).toHaveLength(2)
      }
    },
  )

  test(
    'a node that does not start › no script waits for its blocks',
    { timeout: 120_000 },
    async () => {
      const port = await freePorts(4, systemRandom)
      const taken = createServer()
      taken.listen({ port: port + 3, host: '127.0.0.1' })
      await once(taken, 'listening')
      await using network = startZkstack([
        ...['localnet', '--out', join(folder, 'net'), '--validators', '2'],
        ...['--base-port', String(port), '--until-block', '5'],
      ])
      const exit = await network.exited
      taken.close()
      expect(exit.code).toBe(1)
      expect(network.errors()).toMatch(/^zkstack: v2 exited with 1: .* see .*v2\/log\.jsonl$/m)
    },
  )

  test.each([
    { signal: 'SIGINT', until: [], code: 0 },
    { signal: 'SIGINT', until: ['--until-block', '1000000'], code: 1 },
    { signal: 'SIGKILL', until: [], code: undefined },
  ] as const)(
    '$signal with $until › no node outlives it, and it fails when it was to wait for a block',
    { timeout: 120_000 },
    async ({ signal, until, code }) => {
      const port = await freePorts(4, systemRandom)
      await using network = startZkstack([
        ...['localnet', '--out', join(folder, 'net'), '--validators', '2'],
        ...['--base-port', String(port), ...until],
      ])
      await network.untilOutput(/2\/2 ready {3}v1 \d+ {2}v2 \d+/)
      const urls = [2, 3].map((i) => `http://127.0.0.1:${port + i}`)
      for (const url of urls) expect(network.output()).toContain(`has its status page at ${url}\n`)
      expect(await Promise.all(urls.map(answers))).toEqual([true, true])
      network.kill(signal)
      expect((await network.exited).code).toBe(code)
      if (code === 1)
        expect(network.errors()).toMatch(
          /^zkstack: stopped before every node had committed block 1000000$/m,
        )
      await untilSilent(urls)
    },
  )
})
