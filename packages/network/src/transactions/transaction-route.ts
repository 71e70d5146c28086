import { scope, type Ctx } from '@zkstack/concurrency'
import { keccak256, toHex } from '@zkstack/crypto'
import { encodeTransactions } from '../codec.js'
import { kibOf } from '../kib-of.js'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'
import { turnOf } from '../turn-of.js'
import { permitsOfBatch } from './batch-permits.js'
import type { ConnectionNumber, SeenTransactions } from './seen-transactions.js'
import { TransactionQueue, type QueuedTransaction } from './transaction-queue.js'

/** Transactions of the mempool that are looked at before others get a turn. */
const PER_TURN = 64

/** Least time between two looks into the mempool for what a peer has missed, in milliseconds. */
const RELIST_MS = 1_000

/**
 * What goes to one peer: first what the mempool holds, then what is new. A peer that is too slow for what is new misses
 * some of it, and gets it from the mempool when it has caught up; so it slows down nobody else.
 */
export class TransactionRoute {
  readonly number: ConnectionNumber
  readonly #queue: TransactionQueue
  readonly #init: NetworkInit
  readonly #seen: SeenTransactions
  #hasMissed = false

  constructor(init: NetworkInit, seen: SeenTransactions, number: ConnectionNumber) {
    this.number = number
    this.#init = init
    this.#seen = seen
    this.#queue = new TransactionQueue(init.limits)
  }

  /** Transactions that wait for the peer. */
  get queued(): number {
    return this.#queue.length
  }

  /** Takes one that the peer is not known to have; false when the peer is too slow for it. */
  offer(entry: QueuedTransaction): boolean {
    if (this.#queue.push(entry)) return true
    this.#hasMissed = true
    return false
  }

  /** Sends what is offered until cancelled. */
  async send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    await scope(ctx, async (inner, tasks) => {
      if (this.#init.pendingTransactions) tasks.spawnBackground((task) => this.#list(task))
      await this.#send(inner, peer, stream)
    })
  }

  async #send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<never> {
    const { transactionBatchMs } = this.#init.limits
    const count = peer.budget.outgoing('transactionRate')
    const kib = peer.budget.outgoing('transactionKibRate')
    for (;;) {
      if (this.#queue.length === 0) await ctx.race(this.#queue.filled.wait())
      if (transactionBatchMs > 0 && !this.#queue.fillsFrame) await ctx.sleep(transactionBatchMs)
      // what the peer has sent us in the meantime it needs no more
      const batch = this.#queue.takeBatch((hash) => this.#seen.nowKnownBy(hash, this.number))
      if (batch.length === 0) continue
      const frame = encodeTransactions(batch.map(({ tx }) => tx))
      await count.pass(ctx, permitsOfBatch(batch.length))
      await kib.pass(ctx, kibOf(frame))
      await ctx.race(stream.send(frame))
    }
  }

  /** Offers what the mempool holds: at first, and whenever the peer has missed something and has caught up. */
  async #list(ctx: Ctx): Promise<void> {
    const { pendingTransactions, limits } = this.#init
    if (!pendingTransactions) return
    const turn = turnOf(ctx.clock)
    for (;;) {
      this.#hasMissed = false
      let listed = 0
      for await (const tx of pendingTransactions({ signal: ctx.signal })) {
        if (++listed % PER_TURN === 0) await ctx.race(turn())
        ctx.throwIfCanceled()
        if (tx.length === 0 || tx.length > limits.maxTransactionBytes) continue
        const hash = toHex(keccak256(tx))
        if (this.#seen.isKnownBy(hash, this.number)) continue
        while (!this.#queue.push({ hash, tx })) await ctx.race(this.#queue.drained.wait())
      }
      await ctx.sleep(RELIST_MS)
      while (!this.#hasMissed || this.#queue.length > 0) await ctx.race(this.#queue.drained.wait())
    }
  }
}
