import { concatBytes, toHex } from '@zkstack/crypto'
import { encodeBlock } from '@zkstack/roles'
import { encodedBlocks } from '../../src/encoded-blocks.js'
import type { NodeStore } from '../../src/store.js'
import { TestChain } from '../test-chain.js'
import { check, checkBlock, checkSame, type ComplianceCase } from './case.js'

/** How a suite gets its stores. */
export interface StoreFactory {
  /** A new, empty store; it begins at `firstBlock` if that is given, else at the genesis' first block. */
  create(o?: { readonly firstBlock?: bigint }): Promise<NodeStore>
  /** Closes the store and opens what it left; absent: it leaves nothing. */
  reopen?(store: NodeStore): Promise<NodeStore>
}

/** What a case works with. */
export interface CaseContext {
  readonly chain: TestChain
  /** Bound to the chain. */
  readonly store: NodeStore
}

/** A case with a store of its own that is bound to a chain, and closed afterwards. */
export function storeCase(
  factory: StoreFactory,
  name: string,
  body: (context: CaseContext) => Promise<void>,
  o: { readonly firstBlock?: bigint; readonly chain?: TestChain } = {},
): ComplianceCase {
  return {
    name,
    run: async () => {
      const chain = o.chain ?? new TestChain()
      const store = await factory.create(
        o.firstBlock === undefined ? {} : { firstBlock: o.firstBlock },
      )
      try {
        await bind(store, chain)
        await body({ chain, store })
      } finally {
        await store[Symbol.asyncDispose]()
      }
    },
  }
}

/** Binds a store to a chain; its genesis must be accepted. */
export async function bind(
  store: NodeStore,
  chain: TestChain,
  onGenesisChange: 'refuse' | 'reset' = 'refuse',
): Promise<void> {
  const opened = await store.open(chain.genesis, { onGenesisChange })
  check(opened.ok, 'open: the genesis is refused')
}

/** Appends the blocks [from, to). */
export async function fill({ chain, store }: CaseContext, from: bigint, to: bigint): Promise<void> {
  for (let n = from; n < to; n++) await store.append(chain.block(n))
}

/** Checks that a store has exactly the chain's blocks [first, next), and says so. */
export async function checkBlocks(
  { chain, store }: CaseContext,
  first: bigint,
  next: bigint,
): Promise<void> {
  checkRange(store, first, next)
  for (let n = first - 2n; n < next + 2n; n++) {
    const inside = n >= first && n < next
    checkBlock(await store.get(n), inside ? chain.block(n) : undefined, `block ${n}`)
  }
}

/** Checks that a store encodes its blocks as they are, as many as are asked for and fit. */
export async function checkEncoded(store: NodeStore, first: bigint, count: number): Promise<void> {
  const right: Uint8Array[] = []
  for (let n = first; right.length < count; n++) {
    const block = await store.get(n)
    if (block === undefined) break
    right.push(encodeBlock(block))
  }
  const lengths = right.map((bytes) => bytes.length)
  const all = lengths.reduce((sum, length) => sum + length, 0)
  const fitting = [
    [all, right.length],
    [all - 1, Math.max(right.length - 1, Math.min(right.length, 1))],
    [0, Math.min(right.length, 1)],
  ] as const
  for (const [maxBytes, expected] of fitting) {
    const blocks = await encodedBlocks(store, first, { count, maxBytes: Math.max(1, maxBytes) })
    const hex = blocks.map((pieces) => toHex(concatBytes(...pieces))).join()
    checkSame(hex, right.slice(0, expected).map(toHex).join(), `${count} blocks from ${first} on`)
  }
}

/** Checks what a store says of its range. */
export function checkRange(store: NodeStore, first: bigint, next: bigint): void {
  const range = store.range()
  check(
    range.first === first && range.next === next,
    `range: expected [${first}, ${next}), got [${range.first}, ${range.next})`,
  )
  const { last } = range
  const tip = last?.type === 'final' ? last.qc.message.proposal.number : last?.number
  check(tip === (first === next ? undefined : next - 1n), 'range: last is not the newest block')
}
