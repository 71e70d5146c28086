import { Waits, type Ctx } from '@zkstack/concurrency'
import { keccak256, toHex } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { decodeTransactions } from '../codec.js'
import { kibOf } from '../kib-of.js'
import type { NetworkMetrics } from '../network-metrics.js'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'
import { turnOf } from '../turn-of.js'
import { permitsOfBatch } from './batch-permits.js'
import { SeenTransactions } from './seen-transactions.js'
import { TransactionRoute } from './transaction-route.js'

/** Transactions that are looked at before others get a turn. */
const PER_TURN = 64

/**
 * Floods transactions: each that the mempool accepts goes once to every connected peer that is not known to have it. The
 * mempool, not the network, is their store: whoever connects later gets what it lists.
 */
export class TransactionGossip {
  readonly #init: NetworkInit
  readonly #metrics: NetworkMetrics
  readonly #seen: SeenTransactions
  readonly #routes = new Map<Peer, TransactionRoute>()
  #connections = 0

  constructor(init: NetworkInit, metrics: NetworkMetrics) {
    this.#init = init
    this.#metrics = metrics
    this.#seen = new SeenTransactions(init.clock, init.limits)
  }

  /** Transactions remembered as seen. */
  get seen(): number {
    return this.#seen.size
  }

  /** Transactions that wait for peers, all of them together. */
  get queued(): number {
    let count = 0
    for (const route of this.#routes.values()) count += route.queued
    return count
  }

  /** @throws RangeError for a transaction above `maxTransactionBytes`. */
  gossip(tx: Uint8Array, except?: NodePublicKey): void {
    const { maxTransactionBytes } = this.#init.limits
    if (tx.length > maxTransactionBytes) {
      throw new RangeError(`tx: ${tx.length} bytes are above the limit of ${maxTransactionBytes}`)
    }
    this.#passOn(tx, toHex(keccak256(tx)), except)
  }

  /** From now on, transactions are kept for that peer until its stream is open. */
  connected(peer: Peer): void {
    this.#routes.set(peer, new TransactionRoute(this.#init, this.#seen, ++this.#connections))
  }

  /** Forgets what a peer has not got. */
  gone(peer: Peer): void {
    this.#routes.delete(peer)
  }

  /** Sends a connected peer what is gossiped. */
  async send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    await this.#routes.get(peer)?.send(ctx, peer, stream)
  }

  /** Receives a peer's transactions, offers new ones to the mempool, and passes accepted ones on. */
  async receive(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const count = peer.budget.incoming('transactionRate')
    const kib = peer.budget.incoming('transactionKibRate')
    const turn = turnOf(ctx.clock)
    using waits = new Waits(ctx)
    for (;;) {
      const frame = await waits.for(stream.receive())
      if (!frame) return
      const permits = kibOf(frame)
      if (!kib.tryPass(permits)) await kib.pass(ctx, permits)
      const txs = decodeTransactions(frame)
      // nobody sends it, and it would cost no permits
      if (txs.length === 0) return peer.misbehaved('MALFORMED', 'a batch without transactions')
      for (let at = 0; at < txs.length; at += PER_TURN) {
        const some = txs.slice(at, at + PER_TURN)
        const needed = at === 0 ? permitsOfBatch(some.length) : some.length
        if (!count.tryPass(needed)) await count.pass(ctx, needed)
        for (const tx of some) {
          const judged = this.#take(ctx, peer, tx)
          if (judged) await waits.for(judged)
        }
        if (some.length === PER_TURN) await waits.for(turn())
      }
    }
  }

  /** Has the mempool judge a new transaction; nothing has to be waited for when it is known. */
  #take(ctx: Ctx, peer: Peer, view: Uint8Array): Promise<void> | undefined {
    const { limits, onTransaction } = this.#init
    if (view.length > limits.maxTransactionBytes) {
      peer.misbehaved('TRANSACTION_TOO_LARGE', `${view.length} bytes`)
    } else if (view.length === 0) {
      peer.misbehaved('MALFORMED', 'a transaction without bytes')
    }
    ctx.throwIfCanceled()
    const route = this.#routes.get(peer)
    if (!onTransaction || !route) return undefined
    const hash = toHex(keccak256(view))
    const isNew = this.#seen.arrived(hash, route.number)
    this.#metrics.onTransaction(isNew ? 'new' : 'known')
    if (!isNew) return undefined
    // in memory of its own: the mempool may keep it, and must not keep its frame
    const tx = new Uint8Array(view)
    return onTransaction(tx, peer.key).then((verdict) => {
      // who passes on what is rejected here has not broken a rule: another state may accept it
      if (verdict === 'rejected') this.#seen.rejected(hash)
      if (verdict === 'accepted') this.#passOn(tx, hash, peer.key)
    })
  }

  #passOn(tx: Uint8Array, hash: string, except: NodePublicKey | undefined): void {
    // nobody is there to get it: whoever comes next gets it from the mempool, or when it is gossiped again
    if (this.#routes.size === 0 || !this.#seen.passOn(hash)) return
    for (const [peer, route] of this.#routes) {
      if (peer.is(except) || this.#seen.isKnownBy(hash, route.number)) continue
      if (!route.offer({ hash, tx })) this.#metrics.onTransactionMissed()
    }
  }
}
