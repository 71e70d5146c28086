import { CanceledError } from '@zkstack/concurrency'

/** What {@link FrameQueue.consume} hands frames to. */
export type FrameTaker = (frame: Uint8Array) => Promise<void> | undefined

interface Consumer {
  readonly take: FrameTaker
  resolve(): void
  reject(error: unknown): void
}

interface Receiver {
  resolve(frame: Uint8Array | undefined): void
  reject(error: Error): void
}

/**
 * Frames that have arrived and wait to be received. How much may wait is its user's business: it watches
 * {@link FrameQueue.bytes} and is told of every frame taken.
 */
export class FrameQueue {
  /** Called with the size of each frame that a receiver took. */
  onTaken: (bytes: number) => void = () => undefined
  readonly #frames: Uint8Array[] = []
  #receiver: Receiver | undefined
  #consumer: Consumer | undefined
  #bytes = 0
  #end: Error | 'ended' | undefined

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes
  }

  /** Frames that wait. */
  get length(): number {
    return this.#frames.length
  }

  /** Adds a frame, or hands it to the waiting receiver; dropped after the end. */
  put(frame: Uint8Array): void {
    if (this.#end) return
    const receiver = this.#receiver
    if (receiver) {
      this.#receiver = undefined
      receiver.resolve(frame)
      this.onTaken(frame.length)
      return
    }
    const consumer = this.#consumer
    if (consumer) {
      // One that waits has taken all that came before.
      this.#consumer = undefined
      if (!this.#hand(consumer, frame)) return
      this.#consumer = consumer
      this.#feed()
      return
    }
    this.#bytes += frame.length
    this.#frames.push(frame)
  }

  /** No more frames will come; those that wait can still be taken. */
  end(): void {
    this.#end ??= 'ended'
    this.#receiver?.resolve(undefined)
    this.#receiver = undefined
    this.#feed()
  }

  /** Breaks the queue: those that wait can still be taken, then every `take` rejects. */
  fail(error: Error): void {
    this.#end ??= error
    this.#receiver?.reject(error)
    this.#receiver = undefined
    this.#feed()
  }

  /** The next frame, or undefined at the end. @throws TypeError when another `take` waits. */
  take(signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const frame = this.#frames.shift()
    if (frame) {
      this.#bytes -= frame.length
      this.onTaken(frame.length)
      return Promise.resolve(frame)
    }
    if (this.#end === 'ended') return Promise.resolve(undefined)
    if (this.#end) return Promise.reject(this.#end)
    if (this.#receiver) return Promise.reject(new TypeError('one receive at a time'))
    return this.#wait(signal)
  }

  /** Hands over every frame as it comes; see `FrameStream.consume`. */
  consume(take: FrameTaker): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#consumer = { take, resolve, reject }
      this.#feed()
    })
  }

  /** Gives the consumer what there is, until it asks to wait. */
  #feed(): void {
    const consumer = this.#consumer
    if (!consumer) return
    this.#consumer = undefined
    for (let frame = this.#frames.shift(); frame; frame = this.#frames.shift()) {
      this.#bytes -= frame.length
      if (!this.#hand(consumer, frame)) return
    }
    if (this.#end === 'ended') consumer.resolve()
    else if (this.#end) consumer.reject(this.#end)
    else this.#consumer = consumer
  }

  /** Whether the consumer takes another frame at once; else it is fed when it does. */
  #hand(consumer: Consumer, frame: Uint8Array): boolean {
    try {
      this.onTaken(frame.length)
      const waits = consumer.take(frame)
      if (!waits) return true
      waits.then(() => {
        this.#consumer = consumer
        this.#feed()
      }, consumer.reject)
    } catch (e) {
      consumer.reject(e)
    }
    return false
  }

  #wait(signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#receiver = undefined
        reject(new CanceledError('the wait was cancelled', { cause: signal?.reason }))
      }
      const unlink = (): void => signal?.removeEventListener('abort', abort)
      this.#receiver = {
        resolve: (frame) => {
          unlink()
          resolve(frame)
        },
        reject: (error) => {
          unlink()
          reject(error)
        },
      }
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort)
    })
  }
}
