import { TokenBucket } from './token-bucket.js'

/** Yamux frames begin with 12 bytes: version (1), type (1), flags (2), stream (4), length (4), all big-endian. */
const HEADER_BYTES = 12
/** Types of frames. @see https://github.com/hashicorp/yamux/blob/master/spec.md */
const DATA = 0
const PING = 2
/** The flag of a frame that opens a stream, and of a ping that wants an answer. */
const SYN = 1

/** What a connection may do below the level of streams. */
export interface MuxerLimits {
  /** Largest data frame, in bytes: what a stream may have under way unread. */
  readonly maxDataBytes: number
  /** Streams opened by the remote side in the life of a connection. */
  readonly maxStreams: number
  /** Frames that are read before others have their turn. */
  readonly framesPerTurn: number
  /** Frames at once, and frames per second; what comes faster has to wait. */
  readonly frameBurst: number
  readonly framesPerSecond: number
  /** Likewise of pings that want an answer. */
  readonly pingBurst: number
  readonly pingsPerSecond: number
}

/** The limit that a connection exceeded. */
export type MuxerViolation = 'dataBytes' | 'streams' | 'pings'

/**
 * Reads along what a connection brings to its multiplexer, which takes all of it: frames of any announced length, which it keeps
 * until they are whole, streams without number, each with a negotiation, and pings, each with an answer. It looks at headers only
 * and keeps nothing but the part of one. It knows no clock.
 */
export class MuxerGuard {
  readonly #limits: MuxerLimits
  readonly #header = new Uint8Array(HEADER_BYTES)
  readonly #view = new DataView(this.#header.buffer)
  #headerBytes = 0
  /** Bytes of data to pass over before the next header. */
  #data = 0
  #streams = 0
  #framesOfTurn = 0
  #violation: MuxerViolation | undefined
  readonly #frames: TokenBucket
  readonly #pings: TokenBucket

  /** @param now monotonic time in milliseconds */
  constructor(limits: MuxerLimits, now: number) {
    this.#limits = limits
    this.#frames = new TokenBucket(limits.frameBurst, limits.framesPerSecond, now)
    this.#pings = new TokenBucket(limits.pingBurst, limits.pingsPerSecond, now)
  }

  /** The first limit that was exceeded: it should end the connection. */
  get violation(): MuxerViolation | undefined {
    return this.#violation
  }

  /** Whether no frame is read any more before {@link beginTurn}. */
  get isTurnOver(): boolean {
    return this.#framesOfTurn >= this.#limits.framesPerTurn
  }

  /** Others had their turn. */
  beginTurn(): void {
    this.#framesOfTurn = 0
  }

  /** Reads the next bytes up to a violation or the end of the turn, and returns how many it has read. */
  push(chunk: Uint8Array, now: number): number {
    let at = 0
    while (at < chunk.length && !this.#violation) {
      if (this.#data > 0) {
        const passed = Math.min(this.#data, chunk.length - at)
        this.#data -= passed
        at += passed
        continue
      }
      if (this.isTurnOver) break
      const part = chunk.subarray(at, at + HEADER_BYTES - this.#headerBytes)
      this.#header.set(part, this.#headerBytes)
      this.#headerBytes += part.length
      at += part.length
      if (this.#headerBytes < HEADER_BYTES) break
      this.#headerBytes = 0
      this.#framesOfTurn++
      this.#violation = this.#onHeader(now)
    }
    return at
  }

  /** How long nothing more should be read, in milliseconds, for the rate of frames to hold. */
  pauseMs(now: number): number {
    return this.#frames.debtMs(now)
  }

  #onHeader(now: number): MuxerViolation | undefined {
    const type = this.#view.getUint8(1)
    const isSyn = (this.#view.getUint16(2) & SYN) !== 0
    this.#frames.use(now)
    if (type === PING) return isSyn && !this.#pings.take(now) ? 'pings' : undefined
    if (isSyn && ++this.#streams > this.#limits.maxStreams) return 'streams'
    if (type !== DATA) return undefined
    this.#data = this.#view.getUint32(8)
    return this.#data > this.#limits.maxDataBytes ? 'dataBytes' : undefined
  }
}
