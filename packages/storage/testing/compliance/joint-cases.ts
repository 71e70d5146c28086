import type { NodeStore } from '../../src/store.js'
import { checkBlock, checkRejects, checkSame, checkState, type ComplianceCase } from './case.js'
import { storeCase, type CaseContext, type StoreFactory } from './suite.js'

type AppendAndSave = NonNullable<NodeStore['appendAndSave']>

/** Requirements on a block and a state that are written together; of a store that cannot do that nothing is required. */
export function jointCases(factory: StoreFactory): ComplianceCase[] {
  const jointCase = (
    name: string,
    run: (context: CaseContext, appendAndSave: AppendAndSave) => Promise<void>,
  ): ComplianceCase =>
    storeCase(factory, `a block and a state in one write › ${name}`, async (context) => {
      const { store } = context
      if (store.appendAndSave) await run(context, store.appendAndSave.bind(store))
    })
  return [
    jointCase('both are there', async ({ chain, store }, appendAndSave) => {
      for (let n = 0n; n < 3n; n++) {
        await appendAndSave(chain.block(n), { key: chain.key(), state: chain.state(n) })
        checkSame(store.range().next, n + 1n, 'next height')
        checkBlock(await store.get(n), chain.block(n), `block ${n}`)
        checkState(await store.load(chain.key()), chain.state(n), `state ${n}`)
      }
    }),
    jointCase(
      'the payload of the block stays when the state drops it › or still has it',
      async ({ chain, store }, appendAndSave) => {
        const key = chain.key()
        const state = (view: bigint, ...heights: bigint[]) =>
          chain.state(view, { proposals: heights.map((n) => chain.proposal(n)) })
        await store.save(key, state(1n, 0n))
        await appendAndSave(chain.block(0n), { key, state: state(2n) })
        checkBlock(await store.get(0n), chain.block(0n), 'block 0')
        await appendAndSave(chain.block(1n), { key, state: state(3n, 1n, 2n) })
        checkState(await store.load(key), state(3n, 1n, 2n), 'state of view 3')
        await appendAndSave(chain.block(2n), { key, state: state(4n) })
        for (const n of [1n, 2n]) checkBlock(await store.get(n), chain.block(n), `block ${n}`)
      },
    ),
    jointCase(
      'the block is not the next one › STORE_ORDER › neither is written',
      async ({ chain, store }, appendAndSave) => {
        await store.save(chain.key(), chain.state(1n))
        const change = { key: chain.key(), state: chain.state(2n) }
        await checkRejects(appendAndSave(chain.block(1n), change), 'STORE_ORDER', 'block 1 first')
        checkSame(store.range().next, 0n, 'next height')
        checkState(await store.load(chain.key()), chain.state(1n), 'state')
      },
    ),
    jointCase(
      'rule 23 › the state is of an epoch that is over › STORE_EPOCH › neither is written',
      async ({ chain, store }, appendAndSave) => {
        await store.save(chain.key(0, 2n), chain.state(1n, { epoch: 2n }))
        const change = { key: chain.key(), state: chain.state(2n) }
        await checkRejects(appendAndSave(chain.block(0n), change), 'STORE_EPOCH', 'epoch 0')
        checkSame(store.range().next, 0n, 'next height')
        await store.append(chain.block(0n))
        checkBlock(await store.get(0n), chain.block(0n), 'block 0')
      },
    ),
  ]
}
