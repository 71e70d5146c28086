import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { freePorts } from '../../testing/index.js'
import { startZkstack } from './zkstack.js'

const ledger = fileURLToPath(new URL('../../../../examples/ledger/chain.ts', import.meta.url))

test(
  'zkstack localnet › three nodes that run the example ledger › agree on blocks, twice, and leave no process',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zkstack-localnet-'))
    try {
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
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
