import { NetworkError } from '../errors.js'

/** A frame on the wire is its length, 4 bytes big-endian, and its bytes. */
export const FRAME_HEADER_BYTES = 4

/** The header of a frame of that length. */
export function frameHeader(length: number): Uint8Array {
  const header = new Uint8Array(FRAME_HEADER_BYTES)
  new DataView(header.buffer).setUint32(0, length)
  return header
}

/** How much memory a frame gets before more of it has arrived; then it doubles. */
const FIRST_ALLOCATION = 64 * 1024

/** From here on a frame is not copied when it is nearly all of the chunk that holds it. */
const LEAST_VIEW_BYTES = 8 * 1024
const LEAST_VIEW_SHARE = 7 / 8

/** Frames whose memory is kept for others. */
const MOST_SPARE = 2

/**
 * Cuts a byte stream into frames. The length is checked as soon as its four bytes are there, so a frame above
 * the limit is refused before anything of it is kept; memory grows with what has arrived, not with what was
 * announced, and no chunk is held on to but by a long frame that is nearly all of it.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES)
  #headerBytes = 0
  /** Bytes of the frame under way; meaningful once the header is complete. */
  #length = 0
  #frame = new Uint8Array(0)
  #filled = 0
  /** Memory of frames that were given back; it does for frames of the same length. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = []

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** Whether the stream may end here without cutting a frame. */
  get betweenFrames(): boolean {
    return this.#headerBytes === 0
  }

  /**
   * Takes the next bytes and hands each frame that they complete to `emit`, in memory of its own, or of the chunk, which nobody may
   * change; stops after a frame when `isFull`. Returns how many bytes it has taken.
   * @throws NetworkError `NETWORK_FRAME_TOO_LARGE`; the decoder must not be used afterwards.
   */
  push(
    chunk: Uint8Array,
    emit: (frame: Uint8Array) => void,
    isFull: () => boolean = never,
  ): number {
    let at = 0
    while (at < chunk.length) {
      if (this.#headerBytes < FRAME_HEADER_BYTES) {
        at += this.#takeHeader(chunk, at)
        if (this.#headerBytes < FRAME_HEADER_BYTES) break
        // a header alone takes no memory, and leaves the frame to come in one piece
        if (at === chunk.length && this.#length > 0) break
      }
      const part = chunk.subarray(at, at + this.#length - this.#filled)
      at += part.length
      if (this.#isWholeFrame(part)) {
        this.#headerBytes = 0
        // no subclass, whose methods may be others
        emit(new Uint8Array(part.buffer, part.byteOffset, part.length))
      } else {
        this.#append(part)
        if (this.#filled < this.#length) break
        emit(this.#finish())
      }
      if (isFull()) break
    }
    return at
  }

  /** Takes back the memory of a frame that it has emitted, to use it again. */
  reuse(frame: Uint8Array): void {
    const whole = frame.byteOffset === 0 && frame.length === frame.buffer.byteLength
    if (whole && frame.length <= FIRST_ALLOCATION && this.#spare.length < MOST_SPARE) {
      this.#spare.push(frame as Uint8Array<ArrayBuffer>)
    }
  }

  #spareOf(length: number): Uint8Array<ArrayBuffer> | undefined {
    const spare = this.#spare.pop()
    return spare?.length === length ? spare : undefined
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + FRAME_HEADER_BYTES - this.#headerBytes)
    this.#header.set(part, this.#headerBytes)
    this.#headerBytes += part.length
    if (this.#headerBytes === FRAME_HEADER_BYTES) {
      this.#length = new DataView(this.#header.buffer).getUint32(0)
      if (this.#length > this.#maxFrameBytes) throw frameTooLarge(this.#length, this.#maxFrameBytes)
    }
    return part.length
  }

  /** Whether that is a frame that need not be copied. */
  #isWholeFrame(part: Uint8Array): boolean {
    const isLong = part.length >= LEAST_VIEW_BYTES && part.length === this.#length
    return isLong && part.length >= LEAST_VIEW_SHARE * part.buffer.byteLength
  }

  #append(part: Uint8Array): void {
    if (this.#filled === 0) this.#begin()
    const needed = this.#filled + part.length
    if (needed > this.#frame.length) {
      const grown = new Uint8Array(Math.min(this.#length, Math.max(needed, 2 * this.#frame.length)))
      grown.set(this.#frame.subarray(0, this.#filled))
      this.#frame = grown
    }
    this.#frame.set(part, this.#filled)
    this.#filled = needed
  }

  #begin(): void {
    this.#frame =
      this.#spareOf(this.#length) ?? new Uint8Array(Math.min(this.#length, FIRST_ALLOCATION))
  }

  #finish(): Uint8Array {
    const frame = this.#frame
    this.#headerBytes = 0
    this.#frame = new Uint8Array(0)
    this.#filled = 0
    return frame
  }
}

function never(): boolean {
  return false
}

/** The error of a frame above its limit. */
export function frameTooLarge(bytes: number, maxBytes: number): NetworkError {
  return new NetworkError(
    'NETWORK_FRAME_TOO_LARGE',
    `a frame of ${bytes} bytes is above the limit of ${maxBytes}`,
  )
}
