import type { Clock } from '@zkstack/concurrency'
import type { NetworkLimits } from '../limits.js'

/** Number of a connection; never used again. */
export type ConnectionNumber = number

interface SeenTransaction {
  readonly hash: string
  /** When it came first, or was judged last. */
  at: number
  /** Connections whose peers have sent it to us, or have got it from us: few, so a list of just so many is smallest. */
  knownBy: readonly ConnectionNumber[]
  passedOn: boolean
  rejections: number
  /** When it may be looked at again; Infinity unless it was rejected. */
  againAt: number
  /** Its neighbours in the order of age. */
  older: SeenTransaction | undefined
  younger: SeenTransaction | undefined
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
  readonly #seen = new Map<string, SeenTransaction>()
  /** Ends of the order of age, which is linked: the first entry of a map is dear to find where many before it were deleted. */
  #oldest: SeenTransaction | undefined
  #youngest: SeenTransaction | undefined
  /** The one looked up last: mostly it is asked about again. */
  #last: SeenTransaction | undefined

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
    const now = this.#clock.now()
    const known = this.#get(hash, now)
    const seen = known ?? this.#add(hash, now)
    addTo(seen, from)
    const isDue = known === undefined || now >= known.againAt
    if (isDue) seen.againAt = Infinity
    return isDue
  }

  /** Notes that the mempool has rejected it. */
  rejected(hash: string): void {
    const now = this.#clock.now()
    const seen = this.#get(hash, now) ?? this.#add(hash, now)
    const { seenTransactionMs, rejectedTransactionMs } = this.#limits
    const pauseMs = Math.min(seenTransactionMs, rejectedTransactionMs * 2 ** seen.rejections)
    // no further than needed to reach the longest pause
    if (pauseMs < seenTransactionMs) seen.rejections++
    this.#renew(seen, now)
    seen.againAt = now + pauseMs
  }

  /** Notes that it is passed on. @returns false when it was before. */
  passOn(hash: string): boolean {
    const now = this.#clock.now()
    const seen = this.#get(hash, now) ?? this.#add(hash, now)
    if (seen.passedOn) return false
    this.#renew(seen, now)
    seen.passedOn = true
    seen.againAt = Infinity
    return true
  }

  /** Whether the peer of a connection has it. */
  isKnownBy(hash: string, connection: ConnectionNumber): boolean {
    return this.#get(hash, this.#clock.now())?.knownBy.includes(connection) ?? false
  }

  /** Notes that the peer of a connection has it. @returns false when that was known. */
  nowKnownBy(hash: string, connection: ConnectionNumber): boolean {
    const now = this.#clock.now()
    return addTo(this.#get(hash, now) ?? this.#add(hash, now), connection)
  }

  /** The one of that hash, unless its time is over: then it is forgotten. */
  #get(hash: string, now: number): SeenTransaction | undefined {
    const seen = this.#last?.hash === hash ? this.#last : this.#seen.get(hash)
    if (!seen) return undefined
    if (this.#isOver(seen, now)) {
      this.#forget(seen)
      return undefined
    }
    this.#last = seen
    return seen
  }

  /** Remembers one that is not remembered. */
  #add(hash: string, now: number): SeenTransaction {
    const seen: SeenTransaction = {
      hash,
      at: now,
      knownBy: [],
      passedOn: false,
      rejections: 0,
      againAt: Infinity,
      older: undefined,
      younger: undefined,
    }
    this.#seen.set(hash, seen)
    this.#last = seen
    this.#link(seen)
    for (let oldest = this.#oldest; oldest; oldest = this.#oldest) {
      if (this.#seen.size <= this.#limits.seenTransactions && !this.#isOver(oldest, now)) break
      this.#forget(oldest)
    }
    return seen
  }

  #renew(seen: SeenTransaction, now: number): void {
    seen.at = now
    if (seen === this.#youngest) return
    this.#unlink(seen)
    this.#link(seen)
  }

  #forget(seen: SeenTransaction): void {
    if (this.#last === seen) this.#last = undefined
    this.#seen.delete(seen.hash)
    this.#unlink(seen)
  }

  /** Makes it the youngest. */
  #link(seen: SeenTransaction): void {
    seen.older = this.#youngest
    if (this.#youngest) this.#youngest.younger = seen
    else this.#oldest = seen
    this.#youngest = seen
  }

  #unlink(seen: SeenTransaction): void {
    const { older, younger } = seen
    if (older) older.younger = younger
    else this.#oldest = younger
    if (younger) younger.older = older
    else this.#youngest = older
    seen.older = undefined
    seen.younger = undefined
  }

  #isOver({ at, rejections }: SeenTransaction, now: number): boolean {
    // rejections are remembered for longer than any pause, or the next one would begin with the shortest again
    const kept = rejections > 0 ? 2 : 1
    return now - at >= kept * this.#limits.seenTransactionMs
  }
}

function addTo(seen: SeenTransaction, connection: ConnectionNumber): boolean {
  if (seen.knownBy.includes(connection)) return false
  seen.knownBy = [...seen.knownBy, connection]
  return true
}
