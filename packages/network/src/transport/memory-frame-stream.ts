import { CanceledError } from '@zkstack/concurrency'
import type { NodePublicKey } from '@zkstack/roles'
import { NetworkError } from '../errors.js'
import { frameTooLarge } from './frame-decoder.js'
import { FrameQueue } from './frame-queue.js'
import type { MemoryHub } from './memory-hub.js'
import type { FrameStream, StreamCallOptions } from './network-transport.js'

/** Bytes that one direction holds before `send` waits: what a TCP connection roughly buffers. */
const CAPACITY = 1024 * 1024

interface PairInit {
  readonly hub: MemoryHub
  readonly from: NodePublicKey
  readonly to: NodePublicKey
  readonly protocol: string
}

/** One end of an in-process stream. */
export class MemoryFrameStream implements FrameStream {
  maxFrameBytes = Infinity
  /** Called once when nothing can be received or sent any more. */
  onGone: () => void = () => undefined
  readonly #inbox = new FrameQueue()
  readonly #waitingForRoom = new Set<() => void>()
  readonly #init: PairInit
  #peer: MemoryFrameStream | undefined
  #bytesUnderWay = 0
  /** Frames do not overtake each other. */
  #lastArrival = 0
  #sendError: Error | undefined

  private constructor(init: PairInit) {
    this.#init = init
    this.#inbox.onTaken = (bytes) => this.#other((peer) => peer.#release(bytes))
  }

  /** Both ends, the opening one first. */
  static pair(init: PairInit): [MemoryFrameStream, MemoryFrameStream] {
    const ours = new MemoryFrameStream(init)
    const theirs = new MemoryFrameStream({ ...init, from: init.to, to: init.from })
    ours.#peer = theirs
    theirs.#peer = ours
    return [ours, theirs]
  }

  async send(frame: Uint8Array, o?: StreamCallOptions): Promise<void> {
    while (
      !this.#sendError &&
      this.#bytesUnderWay > 0 &&
      this.#bytesUnderWay + frame.length > CAPACITY
    ) {
      await this.#room(o?.signal)
    }
    if (this.#sendError) throw this.#sendError
    const { hub, from, to, protocol } = this.#init
    const fate = hub.fateOf({ from, to, protocol, frame })
    if (fate === 'drop') return
    this.#bytesUnderWay += frame.length
    const copy = new Uint8Array(frame)
    this.#later(fate, () => this.#other((peer) => peer.#arrive(copy)))
  }

  async receive(o?: StreamCallOptions): Promise<Uint8Array | undefined> {
    const frame = await this.#inbox.take(o?.signal)
    // it may have come before the limit was set
    if (frame && frame.length > this.maxFrameBytes) throw this.#refuse(frame)
    return frame
  }

  close(): Promise<void> {
    if (!this.#sendError) {
      this.#sendError = new NetworkError('NETWORK_CLOSED', 'the stream is closed')
      this.#later(0, () => this.#other((peer) => peer.#inbox.end()))
    }
    return Promise.resolve()
  }

  abort(reason: Error): void {
    this.#fail(
      new NetworkError('NETWORK_STREAM_RESET', `the stream was aborted: ${reason.message}`, {
        cause: reason,
      }),
    )
    this.#other((peer) =>
      peer.#fail(new NetworkError('NETWORK_STREAM_RESET', 'the peer reset the stream')),
    )
  }

  /** Ends with what has been sent still to be read. */
  hangUp(): void {
    this.close().catch(() => undefined)
    this.#wakeSenders()
    this.onGone()
  }

  #other(act: (peer: MemoryFrameStream) => void): void {
    if (this.#peer) act(this.#peer)
  }

  #arrive(frame: Uint8Array): void {
    if (frame.length <= this.maxFrameBytes) this.#inbox.put(frame)
    else this.#refuse(frame)
  }

  #refuse(frame: Uint8Array): Error {
    const error = frameTooLarge(frame.length, this.maxFrameBytes)
    this.#fail(error)
    this.#other((peer) =>
      peer.#fail(new NetworkError('NETWORK_STREAM_RESET', 'the peer reset the stream')),
    )
    return error
  }

  #later(delayMs: number, act: () => void): void {
    const { clock } = this.#init.hub
    const now = clock.now()
    const at = Math.max(now + delayMs, this.#lastArrival)
    this.#lastArrival = at
    if (at <= now) act()
    else clock.setTimer(at, act)
  }

  #release(bytes: number): void {
    this.#bytesUnderWay -= bytes
    this.#wakeSenders()
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

  #fail(error: Error): void {
    this.#sendError = error
    this.#inbox.fail(error)
    this.#wakeSenders()
    this.onGone()
  }
}
