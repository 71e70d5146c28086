/** Rarely as much memory is asked for: an allocator that has many small pieces back goes through all of them each time. */
const slabBytes = 1_048_576

/** Frames above this size get memory of their own. */
const largestShared = 8_192

/** Copies frames into memory that many of them share: memory for each one costs more than the frame. */
export class FrameSlab {
  #slab = new Uint8Array()
  #used = 0

  /** A copy that nobody else changes. */
  copy(frame: Uint8Array): Uint8Array {
    const { length } = frame
    if (length > largestShared) return frame.slice()
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes)
      this.#used = 0
    }
    const copy = this.#slab.subarray(this.#used, this.#used + length)
    copy.set(frame)
    this.#used += length
    return copy
  }
}
