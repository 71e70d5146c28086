import { seededRandom } from '@zkstack/concurrency'
import { encodeBlock } from '@zkstack/roles'
import { expect, it } from 'vitest'
import { BlockQueue, memoryStore } from '../../src/index.js'
import { faultyStore, TestChain } from '../../testing/index.js'

const seed = process.env['SEED'] ?? String(Date.now())
const blocks = 40
const rounds = 50
const chain = new TestChain()

/** Lets everything run that can run without outside help. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('pushes of several sources in any order, with duplicates and aborts › store every block once, in order', async () => {
  process.stdout.write(`SEED=${seed}\n`)
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(`${seed} ${round}`)
    const below = (n: number) => Math.floor(random.float() * n)
    const store = faultyStore(memoryStore())
    const queue = new BlockQueue(store, {
      capacity: 1 + below(8),
      capacityBytes: 100 + below(2000),
    })
    const pushes: Promise<'stored' | 'aborted'>[] = []
    const bound = async (push: Promise<void>): Promise<'stored' | 'aborted'> => {
      try {
        await push
        return 'stored'
      } catch (e) {
        expect(e, `SEED=${seed}, round ${round}`).toMatchObject({ name: 'AbortError' })
        return 'aborted'
      }
    }
    const heights = Array.from({ length: 3 * blocks }, () => below(blocks))
    for (const n of heights) {
      const abort = new AbortController()
      pushes.push(bound(queue.push(chain.block(BigInt(n)), { signal: abort.signal })))
      if (below(4) === 0) await settle()
      if (below(3) === 0) abort.abort()
      expect(queue.size.blocks).toBeLessThanOrEqual(9)
    }
    // The last source brings everything that is missing.
    for (let n = 0; n < blocks; n++) pushes.push(bound(queue.push(chain.block(BigInt(n)))))
    const outcomes = await Promise.all(pushes)
    expect(outcomes.slice(heights.length).every((outcome) => outcome === 'stored')).toBe(true)
    expect(store.calls.filter((call) => call === 'append').length).toBe(blocks)
    for (let n = 0n; n < blocks; n++) {
      const block = await store.get(n)
      expect(block && encodeBlock(block)).toEqual(encodeBlock(chain.block(n)))
    }
    expect(queue.size).toEqual({ blocks: 0, bytes: 0 })
    expect(queue.range.value).toEqual(store.range())
  }
})
