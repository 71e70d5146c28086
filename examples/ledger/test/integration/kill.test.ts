import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/index.js'
import { alice, genesis } from '../fixtures.js'

const seed = process.env['SEED'] ?? String(Math.floor(Math.random() * 2 ** 31))
console.log(`SEED=${seed}`)

/** Runs the script until it has printed `lines` heights, kills it `extraMs` later, and returns the last height it printed. */
async function commitAndKill(path: string, lines: number, extraMs: number): Promise<bigint> {
  const script = fileURLToPath(new URL('kill.script.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.split('\n').length > lines) resolve()
    })
  })
  await new Promise((resolve) => setTimeout(resolve, extraMs))
  child.kill('SIGKILL')
  await once(child, 'close')
  // The last piece may be half a line.
  return BigInt(output.split('\n').at(-2) ?? '')
}

test('ledger › killed at any moment › reopens after some block that is not older than the last one reported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-kill-'))
  const random = seededRandom(seed)
  try {
    for (let round = 0; round < 3; round++) {
      const reported = await commitAndKill(
        join(folder, 'ledger'),
        1 + (random.uint32() % 20),
        random.float() * 30,
      )
      await using ledger = await openLedger({ path: join(folder, 'ledger'), genesis })
      const height = ledger.height ?? -1n
      expect(height).toBeGreaterThanOrEqual(reported)
      expect(ledger.state.account(alice.address)).toEqual({
        balance: 1000n - (height + 1n),
        nonce: height + 1n,
      })
      expect(await ledger.stateRootAt(height)).toEqual(ledger.state.root)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
