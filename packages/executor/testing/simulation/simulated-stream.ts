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
  /** The same for a frame, which a bad line may treat worse; returns how often it will arrive. */
  carryFrame(frame: Uint8Array, arrive: () => void): number
}

/** One end of a simulated stream of frames. */
export class SimulatedStream implements FrameStream {
  /** Called once when nothing can be received or sent any more. */
  onGone: () => void = () => undefined
  readonly #init: StreamInit
  readonly #inbox = new FrameQueue()
  readonly #waitingForRoom = new Set<() => void>()
  #maxFrameBytes: number | undefined
  /** Frames that came before the limit was known. */
  readonly #early: Uint8Array[] = []
  #other: SimulatedStream | undefined
  #bytesUnderWay = 0
  #sendError: Error | undefined
  /** Nothing more is received. */
  #end: Error | 'ended' | undefined

  constructor(init: StreamInit) {
    this.#init = init
    this.#inbox.onTaken = (bytes) => {
      const other = this.#other
      if (other !== undefined) other.#release(bytes)
    }
  }

  /** Lets frames up to a size in, those that have come before too. */
  limit(maxFrameBytes: number): void {
    this.#maxFrameBytes = maxFrameBytes
    for (const frame of this.#early.splice(0)) this.#take(frame, maxFrameBytes)
    if (this.#end !== undefined) this.#tellReceiver(this.#end)
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
    const arrivals = this.#init.carryFrame(frame, () => {
      const other = this.#other
      if (other !== undefined) other.#arrive(copy)
    })
    this.#bytesUnderWay += length * arrivals
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
    if (this.#sendError === undefined || this.#end === undefined) {
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
    if (!this.#init.isAlive() || this.#end !== undefined) return
    if (this.#maxFrameBytes === undefined) this.#early.push(frame)
    else this.#take(frame, this.#maxFrameBytes)
  }

  #take(frame: Uint8Array, limit: number): void {
    if (frame.length > limit) this.#refuse(frame, limit)
    else this.#inbox.put(frame)
  }

  #refuse({ length }: Uint8Array, limit: number): void {
    this.#init.carry(() => this.#other?.break())
    const text = `a frame of ${length} bytes, the limit is ${limit}`
    this.#fail(new NetworkError('NETWORK_FRAME_TOO_LARGE', text))
  }

  #release(bytes: number): void {
    this.#bytesUnderWay -= bytes
    if (this.#waitingForRoom.size > 0) this.#wakeSenders()
  }

  #wakeSenders(): void {
    const waiting = [...this.#waitingForRoom]
    this.#waitingForRoom.clear()
    for (const wake of waiting) wake()
  }

  #room(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      const abort = (): void => {
        this.#waitingForRoom.delete(wake)
        reject(new CanceledError('the wait was cancelled', { cause: signal?.reason }))
      }
      this.#waitingForRoom.add(wake)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  #finish(end: Error | 'ended'): void {
    if (!this.#init.isAlive()) return
    this.#end ??= end
    if (this.#maxFrameBytes !== undefined) this.#tellReceiver(end)
  }

  /** After the frames that have come. */
  #tellReceiver(end: Error | 'ended'): void {
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
