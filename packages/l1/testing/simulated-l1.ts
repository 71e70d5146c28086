import { bytesEqual, hash32, keccak256, type Hash32 } from '@zkstack/crypto'
import type { Address } from '@zkstack/pessimistic-proof'
import type { BlockTag, L1Block } from '../src/client/l1-types.js'
import type { RefusalReason } from '../src/l1-error.js'
import {
  areRivals,
  decodeSimulatedTransaction,
  type SimulatedTransaction,
} from './simulated-transaction.js'

/** A block of a {@link SimulatedL1}, and its transactions with what they did. */
export interface SimulatedL1Block {
  readonly block: L1Block
  readonly transactions: readonly IncludedTransaction[]
}

/** A transaction in a block. */
export interface IncludedTransaction {
  readonly transaction: SimulatedTransaction
  readonly status: 'success' | 'reverted'
}

/** Options of a {@link SimulatedL1}. */
export interface SimulatedL1Options {
  /** Blocks from `latest` down to `safe`; default 2. */
  readonly safeDepth?: number
  /** Blocks from `latest` down to `finalized`; default 4. */
  readonly finalizedDepth?: number
  /** Of the first blocks, in wei for each unit of gas; default 10. */
  readonly baseFeePerGas?: bigint
  /** What nodes say that is; default: the same. */
  readonly quotedBaseFeePerGas?: bigint
  /** Which transactions revert; default: none. */
  readonly reverts?: (transaction: SimulatedTransaction) => boolean
}

/**
 * A chain in memory with a mempool: transactions are included in the order of their nonces while they pay the base fee, replaced
 * for 10 % more of both fees, and come back, or do not, when their block is replaced. Nothing happens by itself.
 */
export class SimulatedL1 {
  readonly #o: SimulatedL1Options
  readonly #blocks: SimulatedL1Block[] = []
  #mempool: SimulatedTransaction[] = []
  #made = 0
  /** Wei for each unit of gas, of the blocks from now on. */
  baseFeePerGas: bigint
  /** What nodes say that is. */
  quotedBaseFeePerGas: bigint
  /** Every block that ever was, those that were replaced included, the newest last. */
  readonly everMined: SimulatedL1Block[] = []

  constructor(o: SimulatedL1Options = {}) {
    this.#o = o
    this.baseFeePerGas = o.baseFeePerGas ?? 10n
    this.quotedBaseFeePerGas = o.quotedBaseFeePerGas ?? this.baseFeePerGas
    this.mine()
  }

  get blocks(): readonly SimulatedL1Block[] {
    return this.#blocks
  }

  /** Transactions that wait, in the order of their arrival. */
  get mempool(): readonly SimulatedTransaction[] {
    return this.#mempool
  }

  /** Number of the newest block. */
  get height(): bigint {
    return BigInt(this.#blocks.length - 1)
  }

  block(at: bigint | BlockTag): SimulatedL1Block | undefined {
    const { safeDepth = 2, finalizedDepth = 4 } = this.#o
    const depths = { latest: 0, safe: safeDepth, finalized: finalizedDepth }
    return this.#blocks[typeof at === 'bigint' ? Number(at) : this.#blocks.length - 1 - depths[at]]
  }

  /** Appends a block with what can be included, at most `capacity` transactions. */
  mine(capacity = Infinity): void {
    const included: IncludedTransaction[] = []
    for (;;) {
      const next = this.#mempool.find((transaction) => this.#isIncludable(transaction, included))
      if (next === undefined || included.length >= capacity) break
      this.#mempool = this.#mempool.filter((waiting) => waiting !== next)
      included.push({ transaction: next, status: this.#statusOf(next) })
    }
    this.#append(included)
  }

  /** Appends a block with one transaction that never was in the mempool, and drops what it makes impossible. */
  mineForeign(transaction: SimulatedTransaction): void {
    this.#append([{ transaction, status: 'success' }])
    this.dropMempool((waiting) => areRivals(waiting, transaction))
  }

  /** Replaces the last `depth` blocks by as many empty ones; their transactions go back to the mempool, or are lost. */
  reorg(depth: number, transactions: 'return' | 'lost'): void {
    const replaced = this.#blocks.splice(Math.max(1, this.#blocks.length - depth))
    const returned = replaced.flatMap((block) => block.transactions.map((t) => t.transaction))
    if (transactions === 'return') {
      const isRival = (t: SimulatedTransaction) => returned.some((other) => areRivals(t, other))
      this.#mempool = [...returned, ...this.#mempool.filter((t) => !isRival(t))]
    }
    for (const _ of replaced) this.#append([])
  }

  /** Loses waiting transactions; default: all of them. */
  dropMempool(which: (transaction: SimulatedTransaction) => boolean = () => true): void {
    this.#mempool = this.#mempool.filter((transaction) => !which(transaction))
  }

  /** Takes a transaction into the mempool; the reason if it does not. */
  send(bytes: Uint8Array): RefusalReason | undefined {
    const transaction = decodeSimulatedTransaction(bytes)
    if (this.#mempool.some(({ hash }) => bytesEqual(hash, transaction.hash))) return undefined
    if (transaction.nonce < this.count(transaction.sender, this.height)) {
      return this.find(transaction.hash) === undefined ? 'NONCE_TOO_LOW' : undefined
    }
    const rival = this.#mempool.find((waiting) => areRivals(waiting, transaction))
    if (rival !== undefined && !isReplacement(rival, transaction)) return 'UNDERPRICED'
    this.#mempool = [...this.#mempool.filter((waiting) => waiting !== rival), transaction]
    return undefined
  }

  /** Transactions of a wallet up to and including a block. */
  count(sender: Address, at: bigint): bigint {
    const sent = this.#blocks
      .slice(0, Number(at) + 1)
      .flatMap((block) => block.transactions)
      .filter(({ transaction }) => bytesEqual(transaction.sender, sender))
    return BigInt(sent.length)
  }

  /** The same with what waits in the mempool without a gap. */
  pendingCount(sender: Address): bigint {
    let count = this.count(sender, this.height)
    while (this.#mempool.some((t) => t.nonce === count && bytesEqual(t.sender, sender))) count += 1n
    return count
  }

  /** Where a transaction is in the chain. */
  find(
    hash: Hash32,
  ): { readonly included: IncludedTransaction; readonly block: L1Block } | undefined {
    return findIn(this.#blocks, ({ transaction }) => bytesEqual(transaction.hash, hash))
  }

  /** Which transaction of the chain has a nonce. */
  findByNonce(sender: Address, nonce: bigint): ReturnType<SimulatedL1['find']> {
    return findIn(
      this.#blocks,
      ({ transaction }) => transaction.nonce === nonce && bytesEqual(transaction.sender, sender),
    )
  }

  #isIncludable(
    transaction: SimulatedTransaction,
    included: readonly IncludedTransaction[],
  ): boolean {
    const { sender } = transaction
    const ahead = included.filter((other) => bytesEqual(other.transaction.sender, sender)).length
    const next = this.count(sender, this.height) + BigInt(ahead)
    return transaction.nonce === next && transaction.maxFeePerGas >= this.baseFeePerGas
  }

  #statusOf(transaction: SimulatedTransaction): IncludedTransaction['status'] {
    return this.#o.reverts?.(transaction) === true ? 'reverted' : 'success'
  }

  #append(transactions: readonly IncludedTransaction[]): void {
    const number = BigInt(this.#blocks.length)
    this.#made += 1
    const made = {
      block: {
        number,
        hash: keccak256(new TextEncoder().encode(`block ${this.#made}`)),
        parentHash: this.#blocks.at(-1)?.block.hash ?? hash32(new Uint8Array(32)),
        timestamp: 1_700_000_000n + 12n * number,
        baseFeePerGas: this.baseFeePerGas,
      },
      transactions,
    }
    this.#blocks.push(made)
    this.everMined.push(made)
  }
}

/** The first included transaction that fits, and its block. */
export function findIn(
  blocks: readonly SimulatedL1Block[],
  fits: (included: IncludedTransaction) => boolean,
): { readonly included: IncludedTransaction; readonly block: L1Block } | undefined {
  for (const { block, transactions } of blocks) {
    const included = transactions.find(fits)
    if (included !== undefined) return { included, block }
  }
  return undefined
}

function isReplacement(old: SimulatedTransaction, fresh: SimulatedTransaction): boolean {
  const enough = (before: bigint, after: bigint): boolean =>
    after > before && 10n * after >= 11n * before
  return (
    enough(old.maxFeePerGas, fresh.maxFeePerGas) &&
    enough(old.maxPriorityFeePerGas, fresh.maxPriorityFeePerGas)
  )
}
