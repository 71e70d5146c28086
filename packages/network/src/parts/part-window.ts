/** Parts that may be under way at least: one travels while the other is checked. */
const LEAST = 2
/** Parts that may be under way at most: what the window of a stream holds. */
const MOST = 128
/** Parts that may wait somewhere on the way, between which the window does not change. */
const WAITING = { few: 1, many: 2 }
/** After so many parts the shortest way is measured anew: the route may have changed. */
const SAMPLES = 512

/**
 * How many parts may be under way to a peer: as many as fill the line, and hardly more, so that a vote behind them does not
 * wait. The line is full when parts take longer than the fastest of them: the excess is time that they have waited.
 * @see Brakmo, Peterson: TCP Vegas, 1995
 */
export class PartWindow {
  readonly #sentAt: number[] = []
  #size = LEAST
  #growsFast = true
  /** Shortest ways seen, in milliseconds: of these samples, and of those before. */
  #shortest = Infinity
  #shortestBefore = Infinity
  #samples = 0

  /** Parts that may be under way. */
  get size(): number {
    return Math.floor(this.#size)
  }

  /** Parts under way. */
  get underWay(): number {
    return this.#sentAt.length
  }

  /** Whether another part may be sent. */
  get isOpen(): boolean {
    return this.underWay < this.size
  }

  /** Notes that a part is sent. */
  sent(now: number): void {
    this.#sentAt.push(now)
  }

  /** Notes that the oldest part under way was taken; false when there is none. */
  taken(now: number): boolean {
    const sentAt = this.#sentAt.shift()
    if (sentAt === undefined) return false
    const way = Math.max(now - sentAt, Number.EPSILON)
    this.#note(way)
    const waiting = this.#size * (1 - Math.min(this.#shortest, this.#shortestBefore) / way)
    if (waiting > WAITING.few) this.#growsFast = false
    if (this.#growsFast) this.#size++
    else if (waiting < WAITING.few) this.#size += 1 / this.#size
    else if (waiting > WAITING.many) this.#size -= 1 / this.#size
    this.#size = Math.min(MOST, Math.max(LEAST, this.#size))
    return true
  }

  #note(way: number): void {
    this.#shortest = Math.min(this.#shortest, way)
    if (++this.#samples < SAMPLES) return
    this.#shortestBefore = this.#shortest
    this.#shortest = Infinity
    this.#samples = 0
  }
}
