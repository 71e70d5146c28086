import { BAN_SCORE } from './fault.js'

/** Options of a {@link BanLedger}. */
export interface BanLedgerOptions {
  /** Milliseconds in which a peer works off one point. */
  readonly decayMs: number
  /** Keys remembered. Default 4 096: each costs an attacker a connection and a fault. */
  readonly capacity?: number
}

/** One fault of a peer. */
export interface Charge {
  readonly points: number
  /** Monotonic time in milliseconds. */
  readonly now: number
  /** How long the peer stays out, if this is enough. */
  readonly banMs: number
}

interface Entry {
  readonly score: number
  /** When the score was that. */
  readonly at: number
  /** End of the ban; in the past: none. */
  readonly bannedUntil: number
}

/**
 * What peers have done, by their keys in hex: scores that decay with time, and bans. It knows no clock: whoever asks says what time
 * it is. It lives in memory, so a restart forgives, and outlives connections, so a reconnection does not.
 */
export class BanLedger {
  readonly #decayMs: number
  readonly #capacity: number
  readonly #entries = new Map<string, Entry>()

  constructor(o: BanLedgerOptions) {
    this.#decayMs = o.decayMs
    this.#capacity = o.capacity ?? 4_096
  }

  /** Keys remembered now. */
  get size(): number {
    return this.#entries.size
  }

  /** Adds a fault; true when the peer is banned for it. A ban settles the score. */
  charge(key: string, { points, now, banMs }: Charge): boolean {
    const score = this.score(key, now) + points
    const banned = score >= BAN_SCORE
    const bannedUntil = Math.max(
      this.#entries.get(key)?.bannedUntil ?? -Infinity,
      banned ? now + banMs : -Infinity,
    )
    this.#entries.set(key, { score: banned ? 0 : score, at: now, bannedUntil })
    if (this.#entries.size > this.#capacity) this.#makeRoom(key, now)
    return banned
  }

  /** The points that a key has not worked off yet. */
  score(key: string, now: number): number {
    const entry = this.#entries.get(key)
    return entry ? Math.max(0, entry.score - (now - entry.at) / this.#decayMs) : 0
  }

  /** Whose bans still last, and for how long. */
  banned(now: number): readonly { readonly key: string; readonly remainingMs: number }[] {
    return [...this.#entries.keys()]
      .map((key) => ({ key, remainingMs: this.remainingMs(key, now) }))
      .filter(({ remainingMs }) => remainingMs > 0)
  }

  /** Milliseconds that a key's ban still lasts; 0 when there is none. */
  remainingMs(key: string, now: number): number {
    return Math.max(0, (this.#entries.get(key)?.bannedUntil ?? 0) - now)
  }

  /** Forgets what counts least: what is over, else the lowest score, else the ban that ends first; never `latest`. */
  #makeRoom(latest: string, now: number): void {
    let least: { readonly key: string; readonly weight: number } | undefined
    for (const key of [...this.#entries.keys()]) {
      const ban = this.remainingMs(key, now)
      const score = this.score(key, now)
      if (ban === 0 && score === 0) this.#entries.delete(key)
      // any ban outweighs any score, which is below BAN_SCORE
      const weight = ban > 0 ? BAN_SCORE + ban : score
      if (key !== latest && (!least || weight < least.weight)) least = { key, weight }
    }
    if (least && this.#entries.size > this.#capacity) this.#entries.delete(least.key)
  }
}
