/** Pieces of a byte stream that wait to be decoded. */
export class UnreadBytes {
  #chunks: Uint8Array[] = []
  /** Pieces that are used up are not shifted out one by one: of many, each shift would move all others. */
  #usedChunks = 0

  /** The piece that comes next. */
  get first(): Uint8Array | undefined {
    return this.#chunks[this.#usedChunks]
  }

  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(chunk)
  }

  /** Takes bytes off the front of the first piece. */
  skip(bytes: number): void {
    const rest = this.first?.subarray(bytes)
    if (rest === undefined) return
    if (rest.length > 0) {
      this.#chunks[this.#usedChunks] = rest
      return
    }
    this.#usedChunks++
    if (2 * this.#usedChunks < this.#chunks.length) return
    this.#chunks = this.#chunks.slice(this.#usedChunks)
    this.#usedChunks = 0
  }

  /** Gives up what is there. */
  clear(): void {
    this.#chunks = []
    this.#usedChunks = 0
  }
}
