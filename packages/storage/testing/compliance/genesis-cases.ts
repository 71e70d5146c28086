import type { NodeStore } from '../../src/store.js'
import { TestChain, type TestChainOptions } from '../test-chain.js'
import { check, checkBlock, checkSame, checkState, type ComplianceCase } from './case.js'
import {
  bind,
  checkEncoded,
  checkBlocks,
  checkRange,
  fill,
  storeCase,
  type StoreFactory,
} from './suite.js'

const old = new TestChain({ forkNumber: 2n })
const fork = (o: TestChainOptions) => new TestChain({ forkNumber: 3n, ...o })

/** Requirements on the binding of a store to its genesis. */
export function genesisCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(
      factory,
      'the same genesis › is accepted again › and changes nothing',
      async (context) => {
        await fill(context, 0n, 3n)
        for (const mode of ['refuse', 'reset'] as const) await bind(context.store, old, mode)
        await checkBlocks(context, 0n, 3n)
      },
      { chain: old },
    ),
    ...refusals(factory),
    ...resets(factory),
  ]
}

function refusals(factory: StoreFactory): ComplianceCase[] {
  const refused = (
    name: string,
    given: TestChain,
    code: string,
    modes: readonly ('refuse' | 'reset')[],
  ): ComplianceCase =>
    storeCase(
      factory,
      `${name} › is refused as ${code} › and changes nothing`,
      async (context) => {
        const { chain, store } = context
        await fill(context, 0n, 3n)
        await store.save(chain.key(), chain.state(1n))
        for (const onGenesisChange of modes) {
          const opened = await store.open(given.genesis, { onGenesisChange })
          checkSame(opened.ok ? 'accepted' : opened.error.code, code, onGenesisChange)
          check(
            opened.ok || opened.error.stored.forkNumber === 2n,
            'stored: is not the old genesis',
          )
        }
        await checkBlocks(context, 0n, 3n)
        checkState(await store.load(chain.key()), chain.state(1n), 'state')
      },
      { chain: old },
    )
  const always = ['refuse', 'reset'] as const
  return [
    refused('another chain', fork({ chainId: 9n }), 'WRONG_CHAIN', always),
    refused('a lower fork number', fork({ forkNumber: 1n }), 'FORK_REGRESSED', always),
    refused(
      'another genesis of the same fork',
      fork({ forkNumber: 2n, firstBlock: 1n }),
      'GENESIS_MISMATCH',
      always,
    ),
    refused('a higher fork number without reset', fork({}), 'GENESIS_MISMATCH', ['refuse']),
  ]
}

function resets(factory: StoreFactory): ComplianceCase[] {
  const reset = (name: string, next: TestChain, check: (store: NodeStore) => Promise<void>) =>
    storeCase(
      factory,
      `a reset › ${name}`,
      async (context) => {
        const { chain, store } = context
        await fill(context, 0n, 6n)
        await store.prune?.(2n)
        await store.save(chain.key(), chain.state(1n, { proposals: [chain.proposal(3n)] }))
        await bind(store, next, 'reset')
        checkState(await store.load(chain.key()), undefined, 'a state of the old fork')
        checkState(await store.load(next.key()), undefined, 'a state of the new fork')
        await check(store)
      },
      { chain: old },
    )
  const inside = fork({ firstBlock: 4n })
  const above = fork({ firstBlock: 8n })
  const below = fork({ firstBlock: 1n })
  return [
    reset(
      'to a first block inside the store › turns earlier blocks into pre-genesis ones and drops the others',
      inside,
      async (store) => {
        if (store.prune) checkRange(store, 2n, 4n)
        checkBlock(await store.get(3n), bare(3n), 'block 3')
        checkBlock(await store.get(4n), undefined, 'block 4')
        checkSame(store.range().last?.type, 'preGenesis', 'tip')
        for (const n of [4n, 5n]) await store.append(inside.block(n))
        await store.save(inside.key(), inside.state(1n, { proposals: [inside.proposal(3n)] }))
        checkBlock(await store.get(4n), inside.block(4n), 'the new block 4')
        await checkEncoded(store, 2n, 9)
      },
    ),
    reset(
      'to a first block above the store › keeps all blocks as pre-genesis ones and waits for more of them',
      above,
      async (store) => {
        checkBlock(await store.get(5n), bare(5n), 'block 5')
        for (const n of [6n, 7n]) await store.append(above.preGenesis(n))
        await store.append(above.block(8n))
        checkBlock(await store.get(8n), above.block(8n), 'block 8')
        await checkEncoded(store, 2n, 9)
      },
    ),
    reset(
      'to a first block below the store › leaves it empty at that block',
      below,
      async (store) => {
        if (!store.prune) return
        checkRange(store, 1n, 1n)
        await store.append(below.block(1n))
        checkBlock(await store.get(1n), below.block(1n), 'block 1')
      },
    ),
  ]
}

/** What is left of a final block of the old fork. */
function bare(number: bigint) {
  const payload = old.payload(number)
  return { kind: 'preGenesis', number, payload, justification: new Uint8Array() } as const
}
