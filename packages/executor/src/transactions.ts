import { errorOf, isCanceled, lazySignal, type Ctx, type ZkStackError } from '@zkstack/concurrency'
import type { TransactionVerdict } from '@zkstack/network'
import type { NodePublicKey } from '@zkstack/roles'
import type { CallOptions, Mempool } from '@zkstack/storage'
import { NodeError } from './errors.js'
import { LinkedCtx } from './linked-ctx.js'

/** What {@link TransactionDesk} takes. */
export interface TransactionDeskInit {
  readonly mempool: Mempool | undefined
  readonly maxTransactionBytes: number
  /** Ends with the node. */
  readonly life: Ctx
  /** Hands an accepted transaction of ours to the peers. */
  gossip(tx: Uint8Array): void
  warn(error: ZkStackError): void
  onVerdict(origin: 'local' | 'peer', verdict: TransactionVerdict): void
}

/** How long the mempool may judge a transaction of a peer, which brings no other one meanwhile, in milliseconds. */
const ADMIT_MS = 30_000

/** Where transactions come in, from our user and from peers. */
export class TransactionDesk {
  readonly #o: TransactionDeskInit

  constructor(o: TransactionDeskInit) {
    this.#o = o
  }

  /** @throws `NO_MEMPOOL`, `TRANSACTION_TOO_LARGE`, `MEMPOOL_FAILED`, `NODE_STOPPED`, abort. */
  async submit(tx: Uint8Array, signal?: AbortSignal): Promise<TransactionVerdict> {
    if (!(tx instanceof Uint8Array)) throw new TypeError('tx must be a Uint8Array')
    const { mempool, life } = this.#o
    if (life.canceled) throw stopped()
    if (mempool === undefined) {
      throw new NodeError(
        'NO_MEMPOOL',
        'this node takes no transactions. Give createNode the option mempool.',
      )
    }
    this.#checkSize(tx)
    using ctx = new LinkedCtx(life, { signal })
    ctx.throwIfCanceled()
    try {
      const verdict = await ctx.race(admit(mempool, tx, 'local', ctx))
      this.#o.onVerdict('local', verdict)
      if (verdict === 'accepted') this.#o.gossip(tx)
      return verdict
    } catch (e) {
      if (signal?.aborted !== true && life.canceled) throw stopped()
      if (ctx.canceled && isCanceled(e)) throw e
      throw mempoolFailed(e)
    }
  }

  /** Judges a transaction of a peer; a mempool that throws is our fault, not the peer's. */
  async onPeerTransaction(tx: Uint8Array, from: NodePublicKey): Promise<TransactionVerdict> {
    const { mempool, life } = this.#o
    if (mempool === undefined || life.canceled) return 'rejected'
    using ctx = life.child({ timeoutMs: ADMIT_MS })
    try {
      const verdict = await ctx.race(admit(mempool, tx, from, ctx))
      this.#o.onVerdict('peer', verdict)
      return verdict
    } catch (e) {
      const cause = ctx.canceled ? new Error(`no answer in ${ADMIT_MS / 1_000} s`) : e
      if (!life.canceled) this.#o.warn(mempoolFailed(cause))
      return 'rejected'
    }
  }

  /** What the mempool holds, for peers. Ends when aborted, with the node, and with a warning when the mempool throws. */
  async *pending({ signal }: CallOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { mempool, life, warn } = this.#o
    using ctx = new LinkedCtx(life, { signal })
    let iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array> | undefined
    try {
      iterator = iteratorOf(mempool?.pending?.(lazySignal(ctx)) ?? [])
      for (;;) {
        const next = await ctx.race(Promise.resolve(iterator.next()))
        if (next.done === true) return
        yield checkedTransaction(next.value)
      }
    } catch (e) {
      if (!ctx.canceled) warn(listFailed(e))
    } finally {
      // a list that ignores its signal, or fails to end, is left behind
      const end = async (): Promise<unknown> => iterator?.return?.()
      end().catch(() => undefined)
    }
  }

  #checkSize(tx: Uint8Array): void {
    const { maxTransactionBytes } = this.#o
    if (tx.length > 0 && tx.length <= maxTransactionBytes) return
    throw new NodeError(
      'TRANSACTION_TOO_LARGE',
      tx.length === 0
        ? 'the transaction is empty'
        : `the transaction has ${tx.length} bytes, the limit is ${maxTransactionBytes}. Make it smaller, or raise limits.maxTransactionBytes on every node.`,
    )
  }
}

async function admit(
  mempool: Mempool,
  tx: Uint8Array,
  origin: 'local' | NodePublicKey,
  ctx: Ctx | LinkedCtx,
): Promise<TransactionVerdict> {
  const options = Object.assign(lazySignal(ctx), { origin })
  const verdict: unknown = await mempool.admit(tx, options)
  if (verdict === 'accepted' || verdict === 'duplicate' || verdict === 'rejected') return verdict
  throw new TypeError("admit must resolve to 'accepted', 'duplicate' or 'rejected'")
}

function iteratorOf(
  list: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Iterator<Uint8Array> | AsyncIterator<Uint8Array> {
  return Symbol.asyncIterator in list ? list[Symbol.asyncIterator]() : list[Symbol.iterator]()
}

function checkedTransaction(tx: unknown): Uint8Array {
  if (tx instanceof Uint8Array) return tx
  throw new TypeError('pending must list transactions as Uint8Array')
}

function listFailed(e: unknown): NodeError {
  const cause = errorOf(e)
  return new NodeError(
    'MEMPOOL_FAILED',
    `mempool.pending threw: ${cause.message}. Peers get what is accepted from now on.`,
    { cause },
  )
}

function mempoolFailed(e: unknown): NodeError {
  const cause = errorOf(e)
  return new NodeError(
    'MEMPOOL_FAILED',
    `mempool.admit threw: ${cause.message}. The transaction was not taken; return 'rejected' for a bad one.`,
    { cause },
  )
}

function stopped(): NodeError {
  return new NodeError('NODE_STOPPED', 'the node has stopped')
}
