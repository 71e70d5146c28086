import { keccakStream, type Hash32 } from '@zkstack/crypto'

/** Bytes of a payload that are sent and checked at once: with what is around them they fit one message of the transport. */
export const payloadPartBytes = 63 * 1024

/** Bytes of a payload that are hashed at once: a tenth of a millisecond of work. */
const sliceBytes = payloadPartBytes / 4

/** Into how many parts a payload of that many bytes is cut; an empty one is one empty part. */
export function payloadPartCount(payloadBytes: number): number {
  return Math.max(1, Math.ceil(payloadBytes / payloadPartBytes))
}

/**
 * Hashes a payload in small steps, while it comes or while others get their turns. The digest of a part is keccak256 of the
 * payload up to the part's end, so the last one is the payload's own hash, and all of them cost no more than that one.
 */
export class PayloadHasher {
  /** Bytes of the payload hashed so far. */
  hashed = 0
  readonly #payload: Uint8Array
  readonly #stream = keccakStream()
  readonly #digests: Hash32[] = []

  /** @param payload memory of the payload's length; each slice must be in place when its turn comes. */
  constructor(payload: Uint8Array) {
    this.#payload = payload
  }

  /** Whether the whole payload is hashed. */
  get isDone(): boolean {
    return this.#digests.length === payloadPartCount(this.#payload.length)
  }

  /** The digests of the parts hashed so far. */
  get digests(): readonly Hash32[] {
    return this.#digests
  }

  /** Hashes the next slice of the next part. @returns the slice. @throws TypeError when the whole payload is hashed. */
  next(): Uint8Array {
    if (this.isDone) throw new TypeError('the whole payload is hashed')
    const end = Math.min(
      this.hashed + sliceBytes,
      (this.#digests.length + 1) * payloadPartBytes,
      this.#payload.length,
    )
    const slice = this.#payload.subarray(this.hashed, end)
    this.#stream.update(slice)
    this.hashed = end
    if (end % payloadPartBytes === 0 || end === this.#payload.length) {
      this.#digests.push(this.#stream.digest())
    }
    return slice
  }
}
