import type { Ctx } from '@zkstack/concurrency'
import { keccak256, toHex } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { decodeTransactions, encodeTransactions } from '../codec.js'
import type { NetworkInit } from '../network.js'
import type { Peer } from '../peers/peer.js'
import type { FrameStream } from '../transport/network-transport.js'
import { SeenTransactions } from './seen-transactions.js'
import { TransactionQueue } from './transaction-queue.js'

/**
 * Floods transactions: each goes once to every connected peer that is not known to have it. A peer that
 * connects later gets later ones only; the mempool, not the network, is their store.
 */
export class TransactionGossip {
  readonly #init: NetworkInit
  readonly #seen: SeenTransactions
  readonly #queues = new Map<Peer, TransactionQueue>()

  constructor(init: NetworkInit) {
    this.#init = init
    this.#seen = new SeenTransactions(init.clock, init.limits)
  }

  /** @throws RangeError for a transaction above `maxTransactionBytes`. */
  gossip(tx: Uint8Array, except?: NodePublicKey): void {
    const { maxTransactionBytes } = this.#init.limits
    if (tx.length > maxTransactionBytes) {
      throw new RangeError(`tx: ${tx.length} bytes are above the limit of ${maxTransactionBytes}`)
    }
    const hash = toHex(keccak256(tx))
    const seen = this.#seen.add(hash)
    if (except) seen.knownBy.add(toHex(except))
    if (seen.gossiped) return
    for (const [peer, queue] of this.#queues) {
      seen.gossiped = true
      if (!seen.knownBy.has(peer.id)) queue.push({ hash, tx })
    }
  }

  /** From now on, transactions are kept for that peer until its stream is open. */
  connected(peer: Peer): void {
    this.#queues.set(peer, new TransactionQueue(this.#init.limits))
  }

  /** Forgets what a peer has not got. */
  gone(peer: Peer): void {
    this.#queues.delete(peer)
  }

  /** Sends a connected peer what is gossiped. */
  async send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    for (let queue = this.#queues.get(peer); queue; queue = this.#queues.get(peer)) {
      // what the peer has sent us in the meantime it needs no more
      const batch = queue.takeBatch((hash) => !this.#seen.get(hash)?.knownBy.has(peer.id))
      if (batch.length > 0) await ctx.race(stream.send(encodeTransactions(batch)))
      else await ctx.race(queue.filled.wait())
    }
  }

  /** Receives a peer's transactions, offers new ones to the mempool, and passes accepted ones on. */
  async receive(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.incoming('transactionRate')
    for (;;) {
      const frame = await ctx.race(stream.receive())
      if (!frame) return
      const txs = decodeTransactions(frame)
      await throttle.pass(ctx, txs.length)
      for (const tx of txs) await this.#take(ctx, peer, tx)
    }
  }

  async #take(ctx: Ctx, peer: Peer, tx: Uint8Array): Promise<void> {
    const { limits, onTransaction } = this.#init
    if (tx.length > limits.maxTransactionBytes) {
      peer.misbehaved('TRANSACTION_TOO_LARGE', `${tx.length} bytes`)
      ctx.throwIfCanceled()
    }
    if (!onTransaction) return
    const hash = toHex(keccak256(tx))
    const known = this.#seen.get(hash)
    if (known) {
      known.knownBy.add(peer.id)
      return
    }
    this.#seen.add(hash).knownBy.add(peer.id)
    const verdict = await ctx.race(onTransaction(tx, peer.key))
    if (verdict === 'accepted') this.gossip(tx, peer.key)
    // it may become right later: a nonce gap closes, a balance grows
    if (verdict === 'rejected') this.#seen.forget(hash)
  }
}
