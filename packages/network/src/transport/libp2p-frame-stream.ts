import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { CanceledError, errorOf } from '@zkstack/concurrency'
import { Uint8ArrayList } from 'uint8arraylist'
import { NetworkError } from '../errors.js'
import { FrameDecoder, frameHeader } from './frame-decoder.js'
import { FrameQueue, type FrameTaker } from './frame-queue.js'
import { joinKeptPieces } from './kept-pieces.js'
import type { FrameStream, StreamCallOptions } from './network-transport.js'
import { UnreadBytes } from './unread-bytes.js'
import { joinWindowUpdates } from './window-updates.js'

/** What is decoded ahead of its receiver; beyond it the peer has to wait. A frame takes memory and time even when it is empty. */
const READ_AHEAD_BYTES = 64 * 1024
const READ_AHEAD_FRAMES = 256

/** A frame is handed to libp2p in pieces, so that what waits to be encrypted stays small. */
const WRITE_PIECE_BYTES = 256 * 1024

/** Whole frames over a libp2p stream: a 4-byte big-endian length and the bytes. */
export class Libp2pFrameStream implements FrameStream {
  readonly #stream: Stream
  readonly #decoder: FrameDecoder
  readonly #unread = new UnreadBytes()
  readonly #inbox = new FrameQueue()
  /** Frames are written one after another. */
  #writing: Promise<void> | undefined
  #wakeWriter: (() => void) | undefined
  #closed: Error | undefined
  #isResuming = false
  #isDecoding = false
  readonly #emit = (frame: Uint8Array): void => this.#inbox.put(frame)
  readonly #isFullNow = (): boolean => this.#isFull
  /** What comes after the bytes that are not decoded yet. */
  #end: Error | 'ended' | undefined

  constructor(stream: Stream, maxFrameBytes: number) {
    this.#stream = stream
    joinWindowUpdates(stream)
    joinKeptPieces(stream)
    this.#decoder = new FrameDecoder(maxFrameBytes)
    this.#inbox.onTaken = () => this.#resumeWhenRoom()
    stream.addEventListener('message', (e) => this.#onMessage(e))
    stream.addEventListener('end', () => this.#onEnd())
    stream.addEventListener('close', (e) => this.#onClose(e))
    stream.addEventListener('drain', () => this.#wakeWriter?.())
    stream.addEventListener('idle', () => this.#wakeWriter?.())
    if (stream.readableEnded) this.#onEnd()
    if (stream.status === 'open') this.#resume()
    else this.#onClose(this.#isBroken() ? { error: new Error('it was reset') } : {})
  }

  send(frame: Uint8Array, o?: StreamCallOptions): Promise<void> {
    return this.sendPieces([frame], o)
  }

  async sendPieces(pieces: readonly Uint8Array[], o?: StreamCallOptions): Promise<void> {
    while (this.#writing) await this.#writing
    if (this.#closed) throw this.#closed
    if (this.#trySend(pieces)) return
    const writing = this.#writeSlowly(new Uint8ArrayList(...pieces), o?.signal)
    this.#writing = writing.catch(() => undefined)
    try {
      await writing
    } finally {
      this.#writing = undefined
    }
  }

  trySend(frame: Uint8Array): boolean {
    return this.#trySend([frame])
  }

  receive(o?: StreamCallOptions): Promise<Uint8Array | undefined> {
    return this.#inbox.take(o?.signal)
  }

  consume(take: FrameTaker): Promise<void> {
    return this.#inbox.consume(take)
  }

  release(frame: Uint8Array): void {
    this.#decoder.reuse(frame)
  }

  async close(): Promise<void> {
    while (this.#writing) await this.#writing
    try {
      await this.#stream.close()
    } catch (e) {
      this.#stream.abort(errorOf(e))
    }
  }

  abort(reason: Error): void {
    this.#stream.abort(reason)
  }

  /** The short way of small frames on a free stream: one call, no promise to wait for. */
  #trySend(pieces: readonly Uint8Array[]): boolean {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const isLarge = length > WRITE_PIECE_BYTES
    if (isLarge || this.#writing || this.#closed || this.#stream.writableNeedsDrain) return false
    // no event tells that our side has ended, before the other one has too
    const { writeStatus } = this.#stream
    if (writeStatus === 'closing' || writeStatus === 'closed') return false
    this.#write(new Uint8ArrayList(frameHeader(length), ...pieces))
    return true
  }

  async #writeSlowly(frame: Uint8ArrayList, signal: AbortSignal | undefined): Promise<void> {
    let header = frameHeader(frame.length)
    for (let at = 0; at < frame.length || header.length > 0; at += WRITE_PIECE_BYTES) {
      while (this.#stream.writableNeedsDrain && !this.#closed) await this.#drained(signal)
      const end = Math.min(at + WRITE_PIECE_BYTES, frame.length)
      this.#write(new Uint8ArrayList(header, frame.sublist(at, end)))
      header = new Uint8Array(0)
    }
  }

  #write(data: Uint8ArrayList): void {
    if (this.#closed) throw this.#closed
    try {
      this.#stream.send(data)
    } catch (e) {
      throw resetError(errorOf(e))
    }
  }

  /** Waits for the stream to move; an abort leaves half a frame behind, so it breaks the stream. */
  #drained(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const error = new CanceledError('the wait was cancelled', { cause: signal?.reason })
        this.#stream.abort(error)
        reject(error)
      }
      this.#wakeWriter = () => {
        this.#wakeWriter = undefined
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort)
    })
  }

  #onMessage({ data }: StreamMessageEvent): void {
    for (const chunk of data instanceof Uint8Array ? [data] : data) this.#unread.push(chunk)
    this.#decode()
    if (!this.#isResuming) this.#pauseWhenFull()
  }

  /** Decodes as much as may be ahead of the receiver. */
  #decode(): void {
    if (this.#isDecoding) return
    this.#isDecoding = true
    try {
      for (let chunk = this.#unread.first; chunk && !this.#isFull; chunk = this.#unread.first) {
        this.#unread.skip(this.#decoder.push(chunk, this.#emit, this.#isFullNow))
      }
    } catch (e) {
      const error = errorOf(e)
      this.#unread.clear()
      this.#inbox.fail(error)
      this.#stream.abort(error)
    } finally {
      this.#isDecoding = false
    }
    if (this.#end && !this.#unread.first) this.#finish(this.#end)
  }

  #finish(end: Error | 'ended'): void {
    if (end !== 'ended') this.#inbox.fail(end)
    else if (this.#decoder.betweenFrames) this.#inbox.end()
    else this.#inbox.fail(resetError(new Error('it ended within a frame')))
  }

  get #isFull(): boolean {
    return this.#inbox.bytes > READ_AHEAD_BYTES || this.#inbox.length >= READ_AHEAD_FRAMES
  }

  #pauseWhenFull(): void {
    if (this.#isFull && this.#stream.status === 'open') this.#stream.pause()
  }

  #resumeWhenRoom(): void {
    this.#decode()
    if (this.#unread.first || this.#isFull) return
    try {
      this.#resume()
    } catch {
      // its readable end is closed: what it had to say is in the queue
    }
  }

  /** What waited comes while the stream resumes, and libp2p opens the window after it: a pause in between would be forgotten. */
  #resume(): void {
    if (this.#isResuming) return
    this.#isResuming = true
    try {
      this.#stream.resume()
    } finally {
      this.#isResuming = false
    }
    this.#pauseWhenFull()
  }

  #isBroken(): boolean {
    return this.#stream.status === 'reset' || this.#stream.status === 'aborted'
  }

  #onEnd(): void {
    // a reset stream ends too, but not as the peer has meant it: the close event that follows tells
    if (this.#isBroken()) return
    this.#endWith('ended')
  }

  /** Ends once what has come is decoded. */
  #endWith(end: Error | 'ended'): void {
    this.#end ??= end
    this.#decode()
  }

  #onClose({ error }: Partial<StreamCloseEvent>): void {
    this.#closed = error
      ? resetError(error)
      : new NetworkError('NETWORK_CLOSED', 'the stream is closed')
    if (error) this.#endWith(this.#closed)
    else this.#onEnd()
    this.#wakeWriter?.()
  }
}

function resetError(cause: Error): NetworkError {
  return new NetworkError('NETWORK_STREAM_RESET', `the stream broke: ${cause.message}`, { cause })
}
