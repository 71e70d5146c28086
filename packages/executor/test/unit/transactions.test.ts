import { Ctx, ManualClock, seededRandom } from '@zkstack/concurrency'
import type { Mempool } from '@zkstack/storage'
import { expect, it } from 'vitest'
import { TransactionDesk } from '../../src/transactions.js'

const peer = new Uint8Array(32) as Parameters<TransactionDesk['onPeerTransaction']>[1]
const tx = new Uint8Array([1])
const never = new Promise<never>(() => undefined)

function setup(mempool: Mempool) {
  const clock = new ManualClock()
  const warnings: string[] = []
  const desk = new TransactionDesk({
    mempool,
    maxTransactionBytes: 100,
    life: Ctx.root({ clock, random: seededRandom('desk') }),
    gossip: () => undefined,
    warn: ({ code }) => warnings.push(code),
    onVerdict: () => undefined,
  })
  return { desk, clock, warnings }
}

it('a mempool that never answers › holds up no peer for ever', async () => {
  const signals: AbortSignal[] = []
  const { desk, clock, warnings } = setup({
    admit: (_, { signal }) => {
      signals.push(signal)
      return never
    },
  })
  const verdict = desk.onPeerTransaction(tx, peer)
  clock.advance(29_999)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  clock.advance(1)
  expect(await verdict).toBe('rejected')
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(warnings).toEqual(['MEMPOOL_FAILED'])
})

it('a list of the mempool that throws when it is ended › ends all the same', async () => {
  const list = {
    next: () => ({ done: false, value: tx }),
    return: () => {
      throw new Error('the cursor is closed')
    },
  }
  const { desk } = setup({
    admit: () => never,
    pending: () => ({ [Symbol.iterator]: () => list }),
  })
  const listed: Uint8Array[] = []
  for await (const one of desk.pending({ signal: new AbortController().signal })) {
    listed.push(one)
    break
  }
  expect(listed).toEqual([tx])
})
