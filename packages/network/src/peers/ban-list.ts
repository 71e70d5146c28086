import type { Clock } from '@zkstack/concurrency'

/** Keys remembered; each costs an attacker a connection and a broken rule. */
const CAPACITY = 4_096

/** Keys that are not let in for a while. In memory: a restart forgives. */
export class BanList {
  readonly #clock: Clock
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Bans a key, given in hex, for `ms` from now. The oldest ban gives way when the list is full. */
  ban(key: string, ms: number): void {
    this.#until.delete(key)
    this.#until.set(key, this.#clock.now() + ms)
    if (this.#until.size <= CAPACITY) return
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest)
      break
    }
  }

  /** Milliseconds that a key's ban still lasts; 0 when there is none. */
  remainingMs(key: string): number {
    const left = (this.#until.get(key) ?? 0) - this.#clock.now()
    if (left > 0) return left
    this.#until.delete(key)
    return 0
  }
}
