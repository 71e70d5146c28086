import type { VerifiedQcs } from '@zkstack/roles'

/**
 * The QCs that this process verified completely, by `qcKey` (rule 17). Bounded: the least recently used goes first, pinned
 * ones never. A QC that failed is never entered, so a wrong verdict cannot stick.
 *
 * @see docs/spec/chonky.md D6
 */
export class VerifiedQcCache implements VerifiedQcs {
  readonly #capacity: number
  readonly #keys = new Set<string>()
  /** Goes on where it was: a set keeps the place of what was deleted for a while, and to begin anew is to pass all of them. */
  #oldest = this.#keys.values()
  #pinned: ReadonlySet<string> = new Set()

  /** @param capacity number of unpinned entries kept, at least 1. @throws RangeError otherwise. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity must be a positive integer: ${capacity}`)
    }
    this.#capacity = capacity
  }

  /** Number of entries, the pinned included. */
  get size(): number {
    return this.#keys.size
  }

  has(key: string): boolean {
    if (!this.#keys.delete(key)) return false
    this.#keys.add(key)
    return true
  }

  add(key: string): void {
    this.#keys.delete(key)
    this.#keys.add(key)
    this.#evict()
  }

  /** Replaces the pinned entries: our own high QCs. Keys without an entry get none by being pinned. */
  pin(keys: readonly string[]): void {
    this.#pinned = new Set(keys)
    this.#evict()
  }

  #evict(): void {
    for (let left = this.#keys.size; left > 0 && this.#keys.size > this.#capacity; left--) {
      const key = this.#nextOldest()
      this.#keys.delete(key)
      // In use, so among the newest again.
      if (this.#pinned.has(key)) this.#keys.add(key)
    }
  }

  #nextOldest(): string {
    const { done, value } = this.#oldest.next()
    if (done !== true) return value
    this.#oldest = this.#keys.values()
    return this.#nextOldest()
  }
}
