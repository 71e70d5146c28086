/** Pieces that are kept, and the bytes of one, at most. */
const most = { pieces: 4, bytes: 512 * 1024 }
const leastBytes = 1024

/**
 * Memory of batches that a worker gives back with its answer, for the next ones: what stays at a worker is garbage of a thread that
 * has few objects, and so seldom collects it.
 */
export class ReturnedMemory {
  /** The smallest first. */
  #pieces: ArrayBuffer[] = []

  /** So many bytes, of any content. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const i = this.#pieces.findIndex((piece) => piece.byteLength >= length)
    const [piece = new ArrayBuffer(roundUp(length))] = i < 0 ? [] : this.#pieces.splice(i, 1)
    return new Uint8Array(piece, 0, length)
  }

  /** Nobody else may hold it. */
  giveBack(piece: ArrayBuffer): void {
    if (piece.byteLength < leastBytes || piece.byteLength > most.bytes) return
    const i = this.#pieces.findIndex(({ byteLength }) => byteLength >= piece.byteLength)
    this.#pieces.splice(i < 0 ? this.#pieces.length : i, 0, piece)
    if (this.#pieces.length > most.pieces) this.#pieces.shift()
  }
}

/** To a size that batches of about that length share. */
function roundUp(length: number): number {
  return length > most.bytes ? length : 2 ** Math.ceil(Math.log2(Math.max(length, leastBytes)))
}
