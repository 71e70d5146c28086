import { DecodeError } from '@zkstack/crypto'
import { payloadPartBytes, payloadPartCount } from '@zkstack/roles'

/** What comes before the parts of a payload. */
export interface PartsHead {
  /** Bytes of the payload that follows in parts. */
  readonly payloadBytes: number
  /** 32 bytes for each part: keccak256 of the payload up to the part's end. */
  readonly digests: Uint8Array
  /** What the payload belongs to. */
  readonly message: Uint8Array
}

const DIGEST_BYTES = 32
const LENGTH_BYTES = 4

/** The other side's word for "one part taken, send me another one": a frame without bytes. */
export const TAKEN = new Uint8Array(0)

/** Instead of a part: no more of this payload will come, but perhaps another head. */
export const ABANDONED = new Uint8Array(0)

/** The largest frame of such a stream, for payloads and messages up to the given sizes. */
export function maxPartFrameBytes(maxPayloadBytes: number, maxMessageBytes: number): number {
  const head = LENGTH_BYTES + DIGEST_BYTES * payloadPartCount(maxPayloadBytes) + maxMessageBytes
  return Math.max(head, payloadPartBytes)
}

/**
 * The frame that comes first: payload length (4 bytes big-endian) ‖ 32 bytes for each part ‖ message. The parts follow, each
 * a frame of its own, as they lie in the payload.
 */
export function encodePartsHead(head: {
  readonly payloadBytes: number
  readonly digests: readonly Uint8Array[]
  readonly message: Uint8Array
}): Uint8Array {
  const { payloadBytes, digests, message } = head
  const frame = new Uint8Array(LENGTH_BYTES + DIGEST_BYTES * digests.length + message.length)
  new DataView(frame.buffer).setUint32(0, payloadBytes)
  for (const [i, digest] of digests.entries()) frame.set(digest, LENGTH_BYTES + DIGEST_BYTES * i)
  frame.set(message, frame.length - message.length)
  return frame
}

/** Inverse of {@link encodePartsHead}; byte fields are views of the frame. @throws DecodeError */
export function decodePartsHead(frame: Uint8Array): PartsHead {
  if (frame.length < LENGTH_BYTES) throw new DecodeError('TRUNCATED', 'a head without a length')
  const payloadBytes = new DataView(frame.buffer, frame.byteOffset, frame.length).getUint32(0)
  const end = LENGTH_BYTES + DIGEST_BYTES * payloadPartCount(payloadBytes)
  if (frame.length < end) throw new DecodeError('TRUNCATED', 'a head without all digests')
  return {
    payloadBytes,
    digests: frame.subarray(LENGTH_BYTES, end),
    message: frame.subarray(end),
  }
}

/** The digest of a part. */
export function digestAt({ digests }: Pick<PartsHead, 'digests'>, part: number): Uint8Array {
  return digests.subarray(DIGEST_BYTES * part, DIGEST_BYTES * (part + 1))
}
