import type { Clock } from '@zkstack/concurrency'
import type { NetworkLimits } from '../limits.js'

/** Number of a connection; never used again. */
export type ConnectionNumber = number

interface SeenTransaction {
  /** When it came first, or was judged last. */
  at: number
  /** Connections whose peers have sent it to us, or have got it from us: few, so a list is smaller than a set. */
  readonly knownBy: ConnectionNumber[]
  passedOn: boolean
  rejections: number
  /** When it may be looked at again; Infinity unless it was rejected. */
  againAt: number
}

/** The limits that concern {@link SeenTransactions}. */
export type SeenLimits = Pick<
  NetworkLimits,
  'seenTransactions' | 'seenTransactionMs' | 'rejectedTransactionMs'
>

/**
 * Transactions seen lately, by their hash in hex; bounded in number and time, the oldest are forgotten first. What was
 * rejected is looked at again later, since it may become right, but with doubling pauses.
 */
export class SeenTransactions {
  readonly #clock: Clock
  readonly #limits: SeenLimits
  /** In the order of age. */
  readonly #seen = new Map<string, SeenTransaction>()

  constructor(clock: Clock, limits: SeenLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Number of transactions remembered. */
  get size(): number {
    return this.#seen.size
  }

  /** Notes that a peer has sent it. @returns whether the mempool is to be asked about it now. */
  arrived(hash: string, from: ConnectionNumber): boolean {
    const known = this.#get(hash)
    const seen = known ?? this.#add(hash)
    addTo(seen.knownBy, from)
    const isDue = known === undefined || this.#clock.now() >= known.againAt
    if (isDue) seen.againAt = Infinity
    return isDue
  }

  /** Notes that the mempool has rejected it. */
  rejected(hash: string): void {
    const seen = this.#get(hash) ?? this.#add(hash)
    const { seenTransactionMs, rejectedTransactionMs } = this.#limits
    const pauseMs = Math.min(seenTransactionMs, rejectedTransactionMs * 2 ** seen.rejections)
    // no further than needed to reach the longest pause
    if (pauseMs < seenTransactionMs) seen.rejections++
    this.#renew(hash, seen)
    seen.againAt = seen.at + pauseMs
  }

  /** Notes that it is passed on. @returns false when it was before. */
  passOn(hash: string): boolean {
    const seen = this.#get(hash) ?? this.#add(hash)
    if (seen.passedOn) return false
    this.#renew(hash, seen)
    seen.passedOn = true
    seen.againAt = Infinity
    return true
  }

  /** Whether the peer of a connection has it. */
  isKnownBy(hash: string, connection: ConnectionNumber): boolean {
    return this.#get(hash)?.knownBy.includes(connection) ?? false
  }

  /** Notes that the peer of a connection has it. @returns false when that was known. */
  nowKnownBy(hash: string, connection: ConnectionNumber): boolean {
    return addTo((this.#get(hash) ?? this.#add(hash)).knownBy, connection)
  }

  #get(hash: string): SeenTransaction | undefined {
    const seen = this.#seen.get(hash)
    return seen && !this.#isOver(seen) ? seen : undefined
  }

  #add(hash: string): SeenTransaction {
    const seen = {
      at: this.#clock.now(),
      knownBy: [],
      passedOn: false,
      rejections: 0,
      againAt: Infinity,
    }
    this.#seen.delete(hash)
    this.#seen.set(hash, seen)
    for (const [oldest, entry] of this.#seen) {
      if (this.#seen.size <= this.#limits.seenTransactions && !this.#isOver(entry)) break
      this.#seen.delete(oldest)
    }
    return seen
  }

  #renew(hash: string, seen: SeenTransaction): void {
    seen.at = this.#clock.now()
    this.#seen.delete(hash)
    this.#seen.set(hash, seen)
  }

  #isOver({ at, rejections }: SeenTransaction): boolean {
    // rejections are remembered for longer than any pause, or the next one would begin with the shortest again
    const kept = rejections > 0 ? 2 : 1
    return this.#clock.now() - at >= kept * this.#limits.seenTransactionMs
  }
}

function addTo(list: ConnectionNumber[], connection: ConnectionNumber): boolean {
  if (list.includes(connection)) return false
  list.push(connection)
  return true
}
