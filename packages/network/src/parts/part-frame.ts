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

/** A frame of a stream that carries payloads in parts; byte fields are views of the frame. */
export type PartFrame =
  | { readonly kind: 'head'; readonly head: PartsHead }
  | { readonly kind: 'part'; readonly part: Uint8Array }

const HEAD = 1
const PART = 2
const DIGEST_BYTES = 32
/** Kind and payload length. */
const HEAD_BYTES = 5

/** The other side's word for "one part taken, send me another one": a frame without bytes. */
export const TAKEN = new Uint8Array(0)

/** The largest frame of such a stream, for payloads and messages up to the given sizes. */
export function maxPartFrameBytes(maxPayloadBytes: number, maxMessageBytes: number): number {
  const head = HEAD_BYTES + DIGEST_BYTES * payloadPartCount(maxPayloadBytes) + maxMessageBytes
  return Math.max(head, 1 + payloadPartBytes)
}

/** Layout: 1 ‖ payload length (4 bytes big-endian) ‖ 32 bytes for each part ‖ message. */
export function encodePartsHead(head: {
  readonly payloadBytes: number
  readonly digests: readonly Uint8Array[]
  readonly message: Uint8Array
}): Uint8Array {
  const frame = new Uint8Array(
    HEAD_BYTES + DIGEST_BYTES * head.digests.length + head.message.length,
  )
  const view = new DataView(frame.buffer)
  view.setUint8(0, HEAD)
  view.setUint32(1, head.payloadBytes)
  for (const [i, digest] of head.digests.entries()) frame.set(digest, HEAD_BYTES + DIGEST_BYTES * i)
  frame.set(head.message, frame.length - head.message.length)
  return frame
}

/** Layout: 2 ‖ the next bytes of the payload. */
export function encodePart(part: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + part.length)
  frame[0] = PART
  frame.set(part, 1)
  return frame
}

/** @throws DecodeError */
export function decodePartFrame(frame: Uint8Array): PartFrame {
  switch (frame[0]) {
    case HEAD:
      return { kind: 'head', head: decodeHead(frame) }
    case PART:
      return { kind: 'part', part: frame.subarray(1) }
    default:
      throw new DecodeError('MALFORMED', 'a frame that is neither head nor part')
  }
}

function decodeHead(frame: Uint8Array): PartsHead {
  if (frame.length < HEAD_BYTES) throw new DecodeError('TRUNCATED', 'a head without a length')
  const payloadBytes = new DataView(frame.buffer, frame.byteOffset, frame.length).getUint32(1)
  const end = HEAD_BYTES + DIGEST_BYTES * payloadPartCount(payloadBytes)
  if (frame.length < end) throw new DecodeError('TRUNCATED', 'a head without all digests')
  return {
    payloadBytes,
    digests: frame.subarray(HEAD_BYTES, end),
    message: frame.subarray(end),
  }
}

/** The digest of a part. */
export function digestAt({ digests }: Pick<PartsHead, 'digests'>, part: number): Uint8Array {
  return digests.subarray(DIGEST_BYTES * part, DIGEST_BYTES * (part + 1))
}
