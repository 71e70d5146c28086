import { Ctx } from '@zkstack/concurrency'
import { loadCryptoBackends, ok } from '@zkstack/crypto'
import { defaultTransactionPolicy, keySigner, type L1Client } from '@zkstack/l1'
import { anvilKey, SimulatedChain, simulatedClient } from '@zkstack/l1/testing'
import { address, nativeProver } from '@zkstack/pessimistic-proof'
import { beforeAll, describe, expect, test } from 'vitest'
import { createSettlementNode, L1ObserverOnL1, memoryDatabase } from '../../src/index.js'
import { certificateChain } from '../../testing/index.js'

beforeAll(() => loadCryptoBackends())

const rollupManager = address(new Uint8Array(20).fill(5))
const [first] = certificateChain(1, 1)
if (first === undefined) throw new Error('no certificate')

/** An L1 without a block under any tag, and what it was asked for. */
function without(): { readonly client: L1Client; readonly asked: unknown[] } {
  const asked: unknown[] = []
  const client: L1Client = {
    ...simulatedClient(new SimulatedChain()),
    async block(at) {
      asked.push(at)
      return ok(undefined)
    },
  }
  return { client, asked }
}

describe('what L1 holds for a network', () => {
  test('no block is safe, as after a restart of the L1 node › nobody says, rather than nothing', async () => {
    const observer = new L1ObserverOnL1({ client: without().client, rollupManager })
    expect(await observer.observe(1, { signal: new AbortController().signal })).toMatchObject({
      ok: false,
      error: { code: 'UNAVAILABLE', retry: true },
    })
  })

  test.each([
    ['safe', undefined],
    [
      'latest',
      { ...defaultTransactionPolicy, finality: { tag: 'latest', confirmations: 3 } as const },
    ],
  ])('is looked for in the %s block where transactions are final there', async (tag, policy) => {
    const { client, asked } = without()
    const node = await createSettlementNode({
      ...{ l1: client, database: memoryDatabase(), transactions: policy },
      signers: [keySigner(anvilKey(1))],
      addresses: { rollupManager, globalExitRootManager: rollupManager },
      ...{ prover: nativeProver(), accepts: { type: 'native' } },
      epochs: { type: 'time', epochDuration: 60n },
    })
    if (!node.ok) throw new Error(node.error.code)
    await node.value.store.accept(first.certificate, { judged: undefined })
    using ctx = Ctx.root()
    const ended = node.value.run(ctx).catch(() => undefined)
    while (asked.length === 0) await new Promise(setImmediate)
    ctx.cancel()
    await ended
    expect(asked[0]).toBe(tag)
  })
})
