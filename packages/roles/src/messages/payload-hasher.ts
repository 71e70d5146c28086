import { keccakStream, type Hash32 } from '@zkstack/crypto'

/** Bytes of a payload that are hashed, sent and checked at once: a fraction of a millisecond of work. */
export const payloadPartBytes = 32 * 1024

/** Into how many parts a payload of that many bytes is cut; an empty one is one empty part. */
export function payloadPartCount(payloadBytes: number): number {
  return Math.max(1, Math.ceil(payloadBytes / payloadPartBytes))
}

/**
 * Hashes a payload part by part, while it comes or while others get their turns. The digest of a part is keccak256 of the
 * payload up to the part's end, so the last one is the payload's own hash, and all of them cost no more than that one.
 */
export class PayloadHasher {
  /** Bytes of the payload hashed so far. */
  hashed = 0
  readonly #payload: Uint8Array
  readonly #stream = keccakStream()
  readonly #digests: Hash32[] = []

  /** @param payload memory of the payload's length; each part must be in place when its turn comes. */
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

  /** Hashes the next part. @returns its digest. @throws TypeError when the whole payload is hashed. */
  next(): Hash32 {
    if (this.isDone) throw new TypeError('the whole payload is hashed')
    const part = this.#payload.subarray(this.hashed, this.hashed + payloadPartBytes)
    this.#stream.update(part)
    this.hashed += part.length
    const digest = this.#stream.digest()
    this.#digests.push(digest)
    return digest
  }
}
