/** Streams of one protocol that may wait for their handler. */
const MAX_WAITING = 4

/**
 * Brings inbound streams and the handlers of their protocols together, whichever comes first. A peer may open
 * its streams as soon as its side of the hello is done, a moment before ours is.
 */
export class EarlyStreams<S> {
  readonly #handlers = new Map<string, (stream: S) => void>()
  readonly #waiting = new Map<string, S[]>()

  /** Hands a stream to its handler or keeps it; false when too many wait already. */
  offer(protocol: string, stream: S): boolean {
    const handler = this.#handlers.get(protocol)
    if (handler) {
      handler(stream)
      return true
    }
    const waiting = this.#waiting.get(protocol) ?? []
    if (waiting.length >= MAX_WAITING) return false
    waiting.push(stream)
    this.#waiting.set(protocol, waiting)
    return true
  }

  /** Sets the handler of a protocol and hands it what waits. */
  serve(protocol: string, handler: (stream: S) => void): void {
    this.#handlers.set(protocol, handler)
    const waiting = this.#waiting.get(protocol) ?? []
    this.#waiting.delete(protocol)
    for (const stream of waiting) handler(stream)
  }
}
