import { TestChain } from '../test-chain.js'
import { checkBlock, checkSame, checkState, type ComplianceCase } from './case.js'
import {
  bind,
  checkBlocks,
  checkRange,
  fill,
  type CaseContext,
  type StoreFactory,
} from './suite.js'

/** Requirements on what is left when a store was closed. */
export function reopenCases(factory: StoreFactory): ComplianceCase[] {
  const { reopen } = factory
  if (reopen === undefined) return []
  const reopenCase = (
    name: string,
    before: (context: CaseContext) => Promise<void>,
    after: (context: CaseContext) => Promise<void>,
  ): ComplianceCase => ({
    name: `a store that is opened again › ${name}`,
    run: async () => {
      const chain = new TestChain()
      let store = await factory.create()
      try {
        await bind(store, chain)
        await before({ chain, store })
        // Twice, since opening may rearrange what is on disk.
        for (let i = 0; i < 2; i++) {
          store = await reopen(store)
          await after({ chain, store })
        }
      } finally {
        await store[Symbol.asyncDispose]()
      }
    },
  })
  return [
    reopenCase('is empty as before', unchanged, (context) => checkBlocks(context, 0n, 0n)),
    reopenCase(
      'has the block and the state of one write',
      async ({ chain, store }) => {
        const change = { key: chain.key(), state: someState(chain, 1n) }
        await store.appendAndSave?.(chain.block(0n), change)
      },
      async (context) => {
        const { chain, store } = context
        if (store.appendAndSave === undefined) return
        await checkBlocks(context, 0n, 1n)
        checkState(await store.load(chain.key()), someState(chain, 1n), 'state')
      },
    ),
    reopenCase(
      'has its blocks, its states and its genesis',
      async (context) => {
        const { chain, store } = context
        await fill(context, 0n, 4n)
        for (let view = 0n; view < 5n; view++) await store.save(chain.key(), someState(chain, view))
        await store.save(chain.key(1, 1n), chain.state(7n, { epoch: 1n }))
      },
      async (context) => {
        const { chain, store } = context
        await bind(store, chain)
        await checkBlocks(context, 0n, 4n)
        checkState(await store.load(chain.key()), someState(chain, 4n), 'state')
        const other = chain.key(1, 1n)
        checkState(await store.load(other), chain.state(7n, { epoch: 1n }), 'the other state')
        checkSame(await store.highestEpoch(other.genesis, other.validator), 1n, 'highest epoch')
        const foreign = new TestChain({ chainId: 9n }).genesis
        const opened = await store.open(foreign, { onGenesisChange: 'reset' })
        checkSame(opened.ok ? 'accepted' : opened.error.code, 'WRONG_CHAIN', 'a foreign genesis')
      },
    ),
    reopenCase(
      'has what pruning left',
      async (context) => {
        await fill(context, 0n, 6n)
        await context.store.prune?.(4n)
      },
      async (context) => {
        await checkBlocks(context, context.store.prune ? 4n : 0n, 6n)
      },
    ),
    reopenCase(
      'has what a reset left',
      async (context) => {
        await fill(context, 0n, 6n)
        await context.store.save(context.chain.key(), context.chain.state(1n))
        await bind(context.store, new TestChain({ forkNumber: 1n, firstBlock: 3n }), 'reset')
      },
      async ({ chain, store }) => {
        checkRange(store, 0n, 3n)
        const [payload, justification] = [chain.payload(2n), new Uint8Array()]
        const bare = { kind: 'preGenesis', number: 2n, payload, justification } as const
        checkBlock(await store.get(2n), bare, 'block 2')
        checkState(await store.load(chain.key()), undefined, 'state')
      },
    ),
  ]
}

const unchanged = () => Promise.resolve()

const someState = (chain: TestChain, view: bigint) =>
  chain.state(view, { proposals: [chain.proposal(view), chain.proposal(view, 1)] })
