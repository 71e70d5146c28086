import type { Uint8ArrayList } from 'uint8arraylist'

/** What a piece of bytes takes besides them, about. */
const PIECE_BYTES = 256

/** What the pieces may take however few bytes they have. */
const SPARE_BYTES = 64 * 1024

/**
 * Joins the pieces of a list that waits once they take more memory than the bytes in them: the remote side chooses how short they are. So a list
 * takes little more than twice its bytes, and each piece costs a copy of some hundred bytes at the most.
 */
export class PieceJoiner {
  readonly #list: Uint8ArrayList
  #pieces = 0

  constructor(list: Uint8ArrayList) {
    this.#list = list
  }

  /** Pieces may have come, or have been taken. */
  changed(pieces = 1): void {
    const bytes = this.#list.byteLength
    this.#pieces = bytes === 0 ? 0 : this.#pieces + pieces
    if (this.#pieces * PIECE_BYTES <= bytes + SPARE_BYTES) return
    const joined = this.#list.slice()
    this.#list.consume(bytes)
    this.#list.append(joined)
    this.#pieces = 1
  }
}
