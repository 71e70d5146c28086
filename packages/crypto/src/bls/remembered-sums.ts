/** Sums of the keys that sign together again and again; of many, those that were made last. */
export class RememberedSums<Key> {
  readonly #most: number
  readonly #sums = new Map<string, Key>()

  constructor(most: number) {
    this.#most = most
  }

  /** The sum of that name, made when it is not known; undefined when it cannot be made. */
  of(name: string, make: () => Key | undefined): Key | undefined {
    const known = this.#sums.get(name)
    if (known !== undefined) return known
    const sum = make()
    if (sum === undefined) return undefined
    for (const oldest of this.#sums.keys()) {
      if (this.#sums.size < this.#most) break
      this.#sums.delete(oldest)
    }
    this.#sums.set(name, sum)
    return sum
  }
}
