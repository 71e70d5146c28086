import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import { errorOf, type Clock } from '@zkstack/concurrency'
import type { Uint8ArrayList } from 'uint8arraylist'
import { NetworkError } from '../errors.js'
import { turnOf } from '../turn-of.js'
import { MuxerGuard, type MuxerLimits } from './muxer-guard.js'
import { PieceJoiner } from './piece-joiner.js'

/** What a multiplexer takes from its line. */
type Take = (data: Uint8Array | Uint8ArrayList) => void

/** A multiplexer, and where it keeps the beginning of a frame. */
interface Taking extends StreamMuxer {
  onData: Take
  readonly decoder: { readonly buffer: Uint8ArrayList }
}

/**
 * A multiplexer whose connections are cut when they exceed what its streams can need, and which takes only so many frames in one turn of
 * the event loop, and in a second: the rest stays in the line, which must keep its pauses. @see MuxerGuard, pausableEncrypter
 */
export function guardedMuxer(
  inner: StreamMuxerFactory,
  limits: MuxerLimits,
  clock: Clock,
): StreamMuxerFactory {
  return {
    protocol: inner.protocol,
    createStreamMuxer: (line: MessageStream) => {
      const muxer = inner.createStreamMuxer(line) as Taking
      const take = muxer.onData.bind(muxer)
      const begun = new PieceJoiner(muxer.decoder.buffer)
      const intake = new MuxerIntake({ line, clock, limits, take })
      muxer.onData = (data) => {
        intake.take(data)
        begun.changed()
      }
      return muxer
    },
  }
}

/** What a {@link MuxerIntake} works with. */
interface MuxerIntakeInit {
  readonly line: MessageStream
  readonly clock: Clock
  readonly limits: MuxerLimits
  readonly take: Take
}

/** Hands a multiplexer what its line brings, in portions. */
class MuxerIntake {
  readonly #o: MuxerIntakeInit
  readonly #guard: MuxerGuard
  readonly #turn: () => Promise<void>
  #isResting = false
  #cancelTimer: () => void = () => undefined

  constructor(o: MuxerIntakeInit) {
    this.#o = o
    this.#guard = new MuxerGuard(o.limits, o.clock.now())
    this.#turn = turnOf(o.clock)
    o.line.addEventListener('close', () => this.#cancelTimer())
  }

  take(data: Uint8Array | Uint8ArrayList): void {
    const { line, clock, take } = this.#o
    const now = clock.now()
    let bytes = 0
    for (const chunk of data instanceof Uint8Array ? [data] : data) {
      const read = this.#guard.push(chunk, now)
      bytes += read
      if (read < chunk.length) break
    }
    const { violation } = this.#guard
    if (violation) {
      line.abort(new NetworkError('NETWORK_FLOOD', `above the limit of ${violation}`))
      return
    }
    this.#restWhenDue(now)
    if (bytes === data.byteLength) {
      take(data)
      return
    }
    line.unshift(sliceOf(data, bytes, data.byteLength))
    take(sliceOf(data, 0, bytes))
  }

  /** Reads nothing more of the line for a while: others have their turn, or the remote side has to wait. */
  #restWhenDue(now: number): void {
    const { line, clock } = this.#o
    const pauseMs = this.#guard.pauseMs(now)
    if (this.#isResting || (pauseMs === 0 && !this.#guard.isTurnOver)) return
    this.#isResting = true
    if (line.status === 'open') line.pause()
    if (pauseMs > 0) {
      this.#cancelTimer = clock.setTimer(now + pauseMs, () => this.#goOn())
      return
    }
    this.#turn()
      .then(() => this.#goOn())
      .catch((e: unknown) => line.abort(errorOf(e)))
  }

  #goOn(): void {
    this.#isResting = false
    this.#guard.beginTurn()
    try {
      this.#o.line.resume()
    } catch {
      // the remote side has ended it meanwhile: what it had to say has been read
    }
  }
}

function sliceOf(data: Uint8Array | Uint8ArrayList, from: number, to: number) {
  return data instanceof Uint8Array ? data.subarray(from, to) : data.sublist(from, to)
}
