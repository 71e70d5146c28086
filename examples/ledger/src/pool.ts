import { Watch } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { CallOptions, Mempool } from '@zkstack/storage'
import type { LedgerState } from './state.js'
import type { CheckedTransaction, TransactionReader } from './transaction-reader.js'

/** Limits of a {@link Pool}. */
export interface PoolLimits {
  /** Most transactions in the pool. */
  readonly capacity: number
  /** Most transactions of one sender, hence how far its nonces may run ahead of its account. */
  readonly perSender: number
  /** Lowest fee that is admitted. */
  readonly minFee: bigint
}

const defaultLimits: PoolLimits = { capacity: 10_000, perSender: 64, minFee: 1n }

/**
 * Transactions that wait for a block. A sender's slot, one per nonce, goes to the highest fee; a full pool rejects, so that
 * nobody can push out what others wait for.
 */
export class Pool implements Mempool {
  readonly #limits: PoolLimits
  readonly #reader: TransactionReader
  readonly #senders = new Map<string, Map<bigint, CheckedTransaction>>()
  readonly #size = new Watch(0)
  readonly #accepts: (t: CheckedTransaction) => boolean
  #state: LedgerState

  /** @param accepts what else must hold for a transaction now, to be admitted and to be chosen; default: nothing */
  constructor(
    state: LedgerState,
    reader: TransactionReader,
    limits: Partial<PoolLimits> = {},
    accepts: (t: CheckedTransaction) => boolean = () => true,
  ) {
    this.#state = state
    this.#reader = reader
    this.#limits = { ...defaultLimits, ...limits }
    this.#accepts = accepts
  }

  /** Number of waiting transactions, to wait upon. */
  get size(): Pick<Watch<number>, 'value' | 'waitFor' | 'subscribe'> {
    return this.#size
  }

  admit(
    encoded: Uint8Array,
    _o?: Partial<CallOptions>,
  ): Promise<'accepted' | 'duplicate' | 'rejected'> {
    return Promise.resolve(this.#admit(encoded))
  }

  /** Follows the ledger: forgets what was executed and what no longer can be. */
  onCommit(state: LedgerState): void {
    this.#state = state
    for (const [sender, slots] of this.#senders) {
      for (const [nonce, t] of slots) if (nonce < state.account(t.from).nonce) slots.delete(nonce)
      if (slots.size === 0) this.#senders.delete(sender)
    }
    this.#count()
  }

  /**
   * Transactions that can be executed one after another, highest fee first among the senders' next ones, as many as fit.
   *
   * @param o.maxBytes the sum of `o.bytesOf` stays below it.
   */
  select(o: {
    readonly maxBytes: number
    readonly bytesOf: (encoded: Uint8Array) => number
  }): CheckedTransaction[] {
    const draft = this.#state.draft()
    const chosen: CheckedTransaction[] = []
    let room = o.maxBytes
    // The next transaction of each sender; a sender whose next one does not fit or cannot be paid is out.
    const next = new Map<string, CheckedTransaction>()
    for (const sender of this.#senders.keys()) this.#advance(sender, draft, next)
    for (;;) {
      const best = highestFee(next)
      if (best === undefined) return chosen
      const [sender, t] = best
      next.delete(sender)
      const fits = o.bytesOf(t.encoded) <= room && this.#accepts(t)
      if (!fits || !draft.execute(t).ok) continue
      room -= o.bytesOf(t.encoded)
      chosen.push(t)
      this.#advance(sender, draft, next)
    }
  }

  #advance(sender: string, draft: LedgerState, next: Map<string, CheckedTransaction>): void {
    const slots = this.#senders.get(sender)
    const any = slots?.values().next().value
    const t = any && slots?.get(draft.account(any.from).nonce)
    if (t !== undefined) next.set(sender, t)
  }

  #admit(encoded: Uint8Array): 'accepted' | 'duplicate' | 'rejected' {
    const read = this.#reader.read(encoded)
    if (!read.ok) return 'rejected'
    const t = read.value
    const { nonce } = this.#state.account(t.from)
    if (t.nonce < nonce || t.nonce >= nonce + BigInt(this.#limits.perSender)) return 'rejected'
    if (t.fee < this.#limits.minFee || !this.#state.affords(t) || !this.#accepts(t))
      return 'rejected'
    const sender = toHex(t.from)
    const slots = this.#senders.get(sender) ?? new Map<bigint, CheckedTransaction>()
    const rival = slots.get(t.nonce)
    if (rival?.id === t.id) return 'duplicate'
    if (rival === undefined ? this.#size.value >= this.#limits.capacity : rival.fee >= t.fee)
      return 'rejected'
    slots.set(t.nonce, t)
    this.#senders.set(sender, slots)
    if (rival === undefined) this.#size.set(this.#size.value + 1)
    return 'accepted'
  }

  #count(): void {
    let size = 0
    for (const slots of this.#senders.values()) size += slots.size
    this.#size.set(size)
  }
}

function highestFee(
  next: ReadonlyMap<string, CheckedTransaction>,
): readonly [string, CheckedTransaction] | undefined {
  let best: readonly [string, CheckedTransaction] | undefined
  for (const entry of next) if (best === undefined || entry[1].fee > best[1].fee) best = entry
  return best
}
