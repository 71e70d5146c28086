import { CanceledError } from '@zkstack/concurrency'
import { NetworkError, type FrameStream, type StreamCallOptions } from '@zkstack/network'
import { FrameQueue, type FrameTaker } from '@zkstack/network/testing'
import type { FrameSlab } from './frame-slab.js'

/** Bytes under way in one direction before `send` waits: what a TCP connection roughly buffers. */
const capacityBytes = 1024 * 1024

interface StreamInit {
  readonly isAlive: () => boolean
  /** Where what is sent is kept until it is received. */
  readonly slab: FrameSlab
  /** Takes something to the other end, in order. */
  carry(arrive: () => void): void
  /** The same for a frame, which a bad line may treat worse. */
  carryFrame(frame: Uint8Array, arrive: () => void): void
}

/** One end of a simulated stream of frames. */
export class SimulatedStream implements FrameStream {
  maxFrameBytes = Infinity
  /** Called once when nothing can be received or sent any more. */
  onGone: () => void = () => undefined
  readonly #init: StreamInit
  readonly #inbox = new FrameQueue()
  readonly #waitingForRoom: (() => void)[] = []
  #other: SimulatedStream | undefined
  #bytesUnderWay = 0
  #sendError: Error | undefined
  #isOver = false

  constructor(init: StreamInit) {
    this.#init = init
  }

  /** Makes two ends one stream. */
  join(other: SimulatedStream): void {
    this.#other = other
    other.#other = this
  }

  send(frame: Uint8Array, o?: StreamCallOptions): Promise<void> {
    if (this.trySend(frame)) return Promise.resolve()
    if (this.#sendError !== undefined) return Promise.reject(this.#sendError)
    return this.#sendLater(frame, o)
  }

  trySend(frame: Uint8Array): boolean {
    if (this.#sendError !== undefined || this.#mustWait(frame)) return false
    this.#carry(frame)
    return true
  }

  async #sendLater(frame: Uint8Array, o: StreamCallOptions | undefined): Promise<void> {
    while (this.#mustWait(frame)) await this.#room(o?.signal)
    if (this.#sendError !== undefined) throw this.#sendError
    this.#carry(frame)
  }

  #mustWait({ length }: Uint8Array): boolean {
    if (this.#sendError !== undefined || this.#bytesUnderWay === 0) return false
    return this.#bytesUnderWay + length > capacityBytes
  }

  #carry(frame: Uint8Array): void {
    const { length } = frame
    const copy = this.#init.slab.copy(frame)
    this.#bytesUnderWay += length
    this.#init.carryFrame(frame, () => {
      this.#release(length)
      const other = this.#other
      if (other !== undefined) other.#arrive(copy)
    })
  }

  receive(o?: StreamCallOptions): Promise<Uint8Array | undefined> {
    return this.#inbox.take(o?.signal)
  }

  consume(take: FrameTaker): Promise<void> {
    return this.#inbox.consume(take)
  }

  close(): Promise<void> {
    if (this.#sendError === undefined) {
      this.#sendError = new NetworkError('NETWORK_CLOSED', 'the stream is closed')
      const other = this.#other
      this.#init.carry(() => {
        if (other !== undefined) other.#finish('ended')
      })
    }
    return Promise.resolve()
  }

  abort(reason: Error): void {
    if (this.#sendError === undefined || !this.#isOver) {
      this.#init.carry(() => this.#other?.break())
    }
    this.#fail(reset(`the stream was aborted: ${reason.message}`, reason))
  }

  /** Ends with the connection; what has come can still be received. */
  hangUp(): void {
    this.#sendError ??= new NetworkError('NETWORK_CLOSED', 'the stream is closed')
    this.#finish('ended')
    this.#wakeSenders()
    this.onGone()
  }

  /** The other side or the connection broke it. */
  break(): void {
    this.#fail(reset('the peer reset the stream'))
  }

  #arrive(frame: Uint8Array): void {
    if (!this.#init.isAlive() || this.#isOver) return
    if (frame.length > this.maxFrameBytes) {
      this.#refuse(frame)
      return
    }
    this.#inbox.put(frame)
  }

  #refuse({ length }: Uint8Array): void {
    this.#init.carry(() => this.#other?.break())
    const text = `a frame of ${length} bytes, the limit is ${this.maxFrameBytes}`
    this.#fail(new NetworkError('NETWORK_FRAME_TOO_LARGE', text))
  }

  #release(bytes: number): void {
    this.#bytesUnderWay -= bytes
    if (this.#waitingForRoom.length > 0) this.#wakeSenders()
  }

  #wakeSenders(): void {
    for (const wake of this.#waitingForRoom.splice(0)) wake()
  }

  #room(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      this.#waitingForRoom.push(resolve)
      signal?.addEventListener('abort', () => reject(canceled(signal)), { once: true })
    })
  }

  #finish(end: Error | 'ended'): void {
    if (!this.#init.isAlive()) return
    this.#isOver = true
    if (end === 'ended') this.#inbox.end()
    else this.#inbox.fail(end)
  }

  #fail(error: Error): void {
    if (!this.#init.isAlive()) return
    this.#sendError = error
    this.#finish(error)
    this.#wakeSenders()
    this.onGone()
  }
}

function reset(text: string, cause?: Error): NetworkError {
  return new NetworkError('NETWORK_STREAM_RESET', text, { cause })
}

function canceled(signal: AbortSignal): CanceledError {
  return new CanceledError('the wait was cancelled', { cause: signal.reason })
}
