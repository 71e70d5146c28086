import type { Clock } from '@zkstack/concurrency'
import type { NetworkLimits, Rate } from '../limits.js'
import { Throttle } from '../throttle.js'

/** What a peer may do at a rate; the rate is the limit of that name. */
export type BudgetName = {
  [K in keyof NetworkLimits]: NetworkLimits[K] extends Rate ? K : never
}[keyof NetworkLimits]

/** Peers whose use is remembered. A forgotten one starts with full budgets, as a new key does. */
const CAPACITY = 4_096

/** What one peer may send us, and we may send it; the same rates hold at both ends. */
export class PeerBudget {
  readonly #limits: NetworkLimits
  readonly #clock: Clock
  readonly #throttles = new Map<string, Throttle>()

  constructor(limits: NetworkLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** What the peer may send us. */
  incoming(name: BudgetName): Throttle {
    return this.#throttle(`in ${name}`, name)
  }

  /** What we may send the peer. */
  outgoing(name: BudgetName): Throttle {
    return this.#throttle(`out ${name}`, name)
  }

  #throttle(key: string, name: BudgetName): Throttle {
    const known = this.#throttles.get(key)
    if (known) return known
    const throttle = new Throttle(this.#limits[name], this.#clock)
    this.#throttles.set(key, throttle)
    return throttle
  }
}

/** The budgets of peers by their keys: whoever connects again finds them as it left them. */
export class PeerBudgets {
  readonly #limits: NetworkLimits
  readonly #clock: Clock
  readonly #budgets = new Map<string, PeerBudget>()

  constructor(limits: NetworkLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Keys remembered. */
  get size(): number {
    return this.#budgets.size
  }

  /** The budget of a key, given in hex; the one that was asked for longest ago is forgotten when there are too many. */
  of(id: string): PeerBudget {
    const budget = this.#budgets.get(id) ?? new PeerBudget(this.#limits, this.#clock)
    this.#budgets.delete(id)
    this.#budgets.set(id, budget)
    for (const oldest of this.#budgets.keys()) {
      if (this.#budgets.size <= CAPACITY) break
      this.#budgets.delete(oldest)
    }
    return budget
  }
}
