import { CanceledError } from '@zkstack/concurrency'
import { NetworkError, type FrameStream, type StreamCallOptions } from '@zkstack/network'
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

interface Receiver {
  resolve(frame: Uint8Array | undefined): void
  reject(error: Error): void
}

/** One end of a simulated stream of frames. */
export class SimulatedStream implements FrameStream {
  maxFrameBytes = Infinity
  /** Called once when nothing can be received or sent any more. */
  onGone: () => void = () => undefined
  readonly #init: StreamInit
  readonly #inbox: Uint8Array[] = []
  readonly #waitingForRoom: (() => void)[] = []
  #other: SimulatedStream | undefined
  #receiver: Receiver | undefined
  #bytesUnderWay = 0
  #sendError: Error | undefined
  #end: Error | 'ended' | undefined

  constructor(init: StreamInit) {
    this.#init = init
  }

  /** Makes two ends one stream. */
  join(other: SimulatedStream): void {
    this.#other = other
    other.#other = this
  }

  send(frame: Uint8Array, o?: StreamCallOptions): Promise<void> {
    if (this.#mustWait(frame)) return this.#sendLater(frame, o)
    if (this.#sendError !== undefined) return Promise.reject(this.#sendError)
    this.#carry(frame)
    return Promise.resolve()
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
    const frame = this.#inbox.shift()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#end === 'ended') return Promise.resolve(undefined)
    if (this.#end !== undefined) return Promise.reject(this.#end)
    if (this.#receiver !== undefined) return Promise.reject(new TypeError('one receive at a time'))
    return this.#wait(o?.signal)
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
    if (frame.length > this.maxFrameBytes) {
      this.#refuse(frame)
      return
    }
    const receiver = this.#receiver
    this.#receiver = undefined
    if (receiver === undefined) this.#inbox.push(frame)
    else receiver.resolve(frame)
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

  #wait(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#receiver = { resolve, reject }
      signal?.addEventListener(
        'abort',
        () => {
          this.#receiver = undefined
          reject(canceled(signal))
        },
        { once: true },
      )
    })
  }

  #finish(end: Error | 'ended'): void {
    if (!this.#init.isAlive()) return
    this.#end ??= end
    const receiver = this.#receiver
    this.#receiver = undefined
    if (this.#end === 'ended') receiver?.resolve(undefined)
    else receiver?.reject(this.#end)
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
