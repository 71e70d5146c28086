import { check, checkBlock, checkRejects, checkSame, type ComplianceCase } from './case.js'
import {
  bind,
  checkBlocks,
  checkEncoded,
  checkRange,
  fill,
  storeCase,
  type StoreFactory,
} from './suite.js'
import { TestChain } from '../test-chain.js'

const aborted = AbortSignal.abort()

/** Requirements on the blocks of a store. */
export function blockCases(factory: StoreFactory): ComplianceCase[] {
  return [...appendCases(factory), ...pruneCases(factory), ...watchCases(factory)]
}

function appendCases(factory: StoreFactory): ComplianceCase[] {
  const later = new TestChain({ firstBlock: 7n })
  return [
    storeCase(
      factory,
      'an empty store › begins at the first block of the genesis › and has no block',
      async (context) => checkBlocks(context, 7n, 7n),
      { chain: later },
    ),
    storeCase(factory, 'appended blocks › come back equal in all bytes', async (context) => {
      await fill(context, 0n, 5n)
      await checkBlocks(context, 0n, 5n)
    }),
    storeCase(
      factory,
      'appended blocks › are encoded as they are › as many as are asked for and fit',
      async (context) => {
        const { chain, store } = context
        await checkEncoded(store, 0n, 2)
        await fill(context, 0n, 6n)
        await store.append(chain.block(6n, new Uint8Array(100_000).fill(1)))
        for (const first of [-1n, 0n, 4n, 6n, 7n])
          for (const count of [1, 3, 9]) await checkEncoded(store, first, count)
        await store.prune?.(3n)
        for (const first of [2n, 3n]) await checkEncoded(store, first, 9)
      },
    ),
    storeCase(
      factory,
      'a block that is not the next one › is refused as STORE_ORDER › and changes nothing',
      async (context) => {
        await fill(context, 0n, 2n)
        for (const n of [0n, 1n, 3n]) {
          const append = context.store.append(context.chain.block(n))
          await checkRejects(append, 'STORE_ORDER', `block ${n}`)
        }
        await checkBlocks(context, 0n, 2n)
      },
    ),
    storeCase(
      factory,
      'appends that are not waited for › are stored in the order of the calls',
      async (context) => {
        const { chain, store } = context
        await Promise.all([0n, 1n, 2n, 3n].map((n) => store.append(chain.block(n))))
        await checkBlocks(context, 0n, 4n)
      },
    ),
    storeCase(
      factory,
      'blocks before the genesis › are kept in a store that begins before it › and final ones follow',
      async ({ chain, store }) => {
        for (const n of [5n, 6n]) await store.append(chain.preGenesis(n))
        checkSame(store.range().last?.type, 'preGenesis', 'tip')
        await checkRejects(store.append(chain.preGenesis(7n)), 'RangeError', 'pre-genesis block 7')
        await store.append(chain.block(7n))
        checkRange(store, 5n, 8n)
        checkBlock(await store.get(6n), chain.preGenesis(6n), 'block 6')
        checkBlock(await store.get(7n), chain.block(7n), 'block 7')
      },
      { chain: later, firstBlock: 5n },
    ),
    storeCase(
      factory,
      'payloads of all sizes, and equal ones at several heights › come back',
      async ({ chain, store }) => {
        const sizes = [0, 1, 0, 1_000_000, 31, 1]
        const block = (i: number) => chain.block(BigInt(i), chain.payload(0n, 0, sizes[i]))
        for (const i of sizes.keys()) await store.append(block(i))
        await store.prune?.(2n)
        for (const i of [2, 3, 4, 5]) {
          checkBlock(await store.get(BigInt(i)), block(i), `${sizes[i]} bytes`)
        }
      },
    ),
    storeCase(
      factory,
      'calls whose signal has aborted › reject with an AbortError › and change nothing',
      async (context) => {
        const { chain, store } = context
        await fill(context, 0n, 2n)
        const o = { signal: aborted }
        await checkRejects(store.append(chain.block(2n), o), 'AbortError', 'append')
        await checkRejects(store.get(0n, o), 'AbortError', 'get')
        if (store.prune) await checkRejects(store.prune(1n, o), 'AbortError', 'prune')
        await checkBlocks(context, 0n, 2n)
      },
    ),
  ]
}

function pruneCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(
      factory,
      'pruned blocks › are gone › and the store goes on growing',
      async (context) => {
        const { chain, store } = context
        if (!store.prune) return
        await fill(context, 0n, 6n)
        await store.prune(4n)
        await checkBlocks(context, 4n, 6n)
        await store.prune(4n)
        await store.prune(1n)
        await store.append(chain.block(6n))
        await checkBlocks(context, 4n, 7n)
      },
    ),
    storeCase(factory, 'the newest block › is never pruned', async (context) => {
      const { store } = context
      if (!store.prune) return
      await store.prune(9n)
      await fill(context, 0n, 3n)
      await store.prune(9n)
      await checkBlocks(context, 2n, 3n)
    }),
    storeCase(
      factory,
      'more blocks than one write prunes › are pruned › while others are appended and read',
      async (context) => {
        const { chain, store } = context
        if (!store.prune) return
        await fill(context, 0n, 300n)
        const reads = Array.from({ length: 300 }, (_, i) => store.get(BigInt(i)))
        const [blocks] = await Promise.all([
          Promise.all(reads),
          store.prune(299n),
          store.append(chain.block(300n)),
        ])
        for (const [i, block] of blocks.entries()) {
          check(block === undefined || block.number === BigInt(i), `block ${i} is another block`)
        }
        await checkBlocks(context, 299n, 301n)
      },
    ),
  ]
}

function watchCases(factory: StoreFactory): ComplianceCase[] {
  return [
    storeCase(
      factory,
      'a watch › yields the range now and the newest after changes › and ends when the store closes',
      async (context) => {
        const { store } = context
        const { signal } = new AbortController()
        const seen: bigint[] = []
        const watcher = (async () => {
          for await (const { next } of store.watch({ signal })) seen.push(next)
        })()
        await fill(context, 0n, 10n)
        await store[Symbol.asyncDispose]()
        await watcher
        checkSame(seen.at(-1), 10n, 'the last range')
        check(
          seen.every((next, i) => i === 0 || next > (seen[i - 1] ?? 0n)),
          'watch: a range came twice or too late',
        )
      },
    ),
    storeCase(
      factory,
      'a watch whose signal aborts › rejects with an AbortError',
      async ({ store }) => {
        const abort = new AbortController()
        const watcher = (async () => {
          for await (const _ of store.watch({ signal: abort.signal })) abort.abort()
        })()
        await checkRejects(watcher, 'AbortError', 'watch')
      },
    ),
    storeCase(
      factory,
      'a closed store › refuses every call as STORE_CLOSED › and can be closed again',
      async ({ chain, store }) => {
        await store[Symbol.asyncDispose]()
        await store[Symbol.asyncDispose]()
        const calls = [
          bind(store, chain),
          store.append(chain.block(0n)),
          store.load(chain.key()),
          store.save(chain.key(), chain.state(1n)),
        ]
        for (const call of calls) await checkRejects(call, 'STORE_CLOSED', 'a call after closing')
      },
    ),
  ]
}
