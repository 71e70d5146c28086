import type { Clock } from '@zkstack/concurrency'
import { hostOf } from '@zkstack/network'

/** Options of {@link RequestBudget}. */
export interface RequestBudgetOptions {
  readonly clock: Clock
  /** What may be spent at once. */
  readonly burst: number
  /** What comes back in a second. */
  readonly perSecond: number
  /** Addresses that are remembered, at most. */
  readonly maxAddresses: number
}

interface Account {
  left: number
  at: number
}

/**
 * What each address, with IPv6 each site, may ask of the server. An answer whose size is not known before is paid for afterwards: then
 * the account is overdrawn, and the next request waits until it no longer is.
 */
export class RequestBudget {
  readonly #o: RequestBudgetOptions
  readonly #accounts = new Map<string, Account>()

  constructor(o: RequestBudgetOptions) {
    this.#o = o
  }

  /** Milliseconds until the address may ask again; 0: now. */
  waitMs(address: string): number {
    const { left } = this.#account(address)
    return left > 0 ? 0 : Math.ceil(((1 - left) * 1000) / this.#o.perSecond)
  }

  spend(address: string, cost: number): void {
    this.#account(address).left -= cost
  }

  #account(address: string): Account {
    const { clock, burst, perSecond } = this.#o
    const now = clock.now()
    const name = hostOf(address)
    const known = this.#accounts.get(name)
    const account = known ?? { left: burst, at: now }
    account.left = Math.min(burst, account.left + ((now - account.at) * perSecond) / 1000)
    account.at = now
    if (known === undefined) this.#remember(name, account)
    return account
  }

  #remember(name: string, account: Account): void {
    const oldest = this.#accounts.keys().next()
    if (this.#accounts.size >= this.#o.maxAddresses && oldest.done !== true)
      this.#accounts.delete(oldest.value)
    this.#accounts.set(name, account)
  }
}
