import type { Clock } from '@zkstack/concurrency'
import type { NetworkLimits } from '../limits.js'

/** What is known about a transaction, by its hash in hex. */
export interface SeenTransaction {
  readonly at: number
  /** Peers that have sent it to us: they need no copy. */
  readonly knownBy: Set<string>
  /** Whether it has been handed to the peers. */
  gossiped: boolean
}

/** Transactions seen lately; bounded in number and time, the oldest are forgotten first. */
export class SeenTransactions {
  readonly #clock: Clock
  readonly #limits: Pick<NetworkLimits, 'seenTransactions' | 'seenTransactionMs'>
  /** In order of first sight, hence of age. */
  readonly #seen = new Map<string, SeenTransaction>()

  constructor(clock: Clock, limits: Pick<NetworkLimits, 'seenTransactions' | 'seenTransactionMs'>) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Number of transactions remembered. */
  get size(): number {
    return this.#seen.size
  }

  /** What is known about it, while it is remembered. */
  get(hash: string): SeenTransaction | undefined {
    const seen = this.#seen.get(hash)
    return seen && !this.#expired(seen) ? seen : undefined
  }

  /** Remembers it from now on. */
  add(hash: string): SeenTransaction {
    const known = this.get(hash)
    if (known) return known
    const seen = { at: this.#clock.now(), knownBy: new Set<string>(), gossiped: false }
    this.#seen.delete(hash)
    this.#seen.set(hash, seen)
    this.#prune()
    return seen
  }

  /** Forgets it, so that it is looked at again when it comes again. */
  forget(hash: string): void {
    this.#seen.delete(hash)
  }

  #expired(seen: SeenTransaction): boolean {
    return this.#clock.now() - seen.at >= this.#limits.seenTransactionMs
  }

  #prune(): void {
    for (const [hash, seen] of this.#seen) {
      if (this.#seen.size <= this.#limits.seenTransactions && !this.#expired(seen)) return
      this.#seen.delete(hash)
    }
  }
}
