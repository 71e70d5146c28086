import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@zkstack/concurrency'
import { encodeBlock, encodeReplicaState } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { levelStore } from '../../src/index.js'
import { runChild } from './child.js'
import { crashChain, crashState } from './crash-content.js'
import { temporaryFolder } from './temporary-folder.js'

const seed = process.env['SEED'] ?? String(Date.now())
const crashes = Number(process.env['CRASHES'] ?? 4)
/** Longest time that a writer writes, in milliseconds. */
const longestMs = 400

const path = join(await temporaryFolder({ realDisk: true }), 'store')

/** The number in the last line of a kind; -1 when there is none. */
function newest(lines: readonly string[], kind: string): bigint {
  const line = lines.filter((text) => text.startsWith(`${kind} `)).at(-1)
  return line === undefined ? -1n : BigInt(line.slice(kind.length + 1))
}

/** Reads everything and compares it with what the writer must have written; returns the next height and the view. */
async function checkContent(): Promise<{ readonly next: bigint; readonly view: bigint }> {
  const store = await levelStore(path, { check: 'everything' })
  try {
    const opened = await store.open(crashChain.genesis, { onGenesisChange: 'refuse' })
    expect(opened.ok).toBe(true)
    const { first, next } = store.range()
    for (let n = first; n < next; n++) {
      const block = await store.get(n)
      expect(block && encodeBlock(block), `block ${n}`).toEqual(encodeBlock(crashChain.block(n)))
    }
    const state = await store.load(crashChain.key())
    const view = state?.view ?? 0n
    if (state !== undefined) {
      expect(encodeReplicaState(state)).toEqual(encodeReplicaState(crashState(view)))
    }
    return { next, view }
  } finally {
    await store[Symbol.asyncDispose]()
  }
}

it(
  'rule 22 › a process that is killed at any moment › leaves all that was acknowledged, and nothing else that is wrong',
  async () => {
    process.stdout.write(`SEED=${seed}\n`)
    const random = seededRandom(seed)
    let [block, view] = [-1n, 0n]
    for (let i = 0; i < crashes; i++) {
      const child = runChild('crash-writer.ts', [path])
      await child.said('open')
      await sleep(random.float() * longestMs)
      // something must have been written in the end, on any machine
      if (i === crashes - 1) {
        await Promise.all([child.said(`block ${block + 1n}`), child.said(`state ${view + 1n}`)])
      }
      child.process.kill('SIGKILL')
      expect((await child.ended).signal).toBe('SIGKILL')
      const acknowledged = [newest(child.lines, 'block'), newest(child.lines, 'state')] as const
      block = acknowledged[0] > block ? acknowledged[0] : block
      view = acknowledged[1] > view ? acknowledged[1] : view

      const found = await checkContent()
      expect(found.next, `crash ${i}, SEED=${seed}`).toBeGreaterThan(block)
      expect(found.view, `crash ${i}, SEED=${seed}`).toBeGreaterThanOrEqual(view)
      // One write of each kind may have been under way.
      expect(found.next - block, `crash ${i}, SEED=${seed}`).toBeLessThanOrEqual(2n)
      expect(found.view - view, `crash ${i}, SEED=${seed}`).toBeLessThanOrEqual(1n)
      block = found.next - 1n
      view = found.view
    }
    expect(view).toBeGreaterThan(0n)
    expect(block).toBeGreaterThan(-1n)
  },
  30_000 + crashes * 15_000,
)
