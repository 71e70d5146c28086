import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import type { Clock } from '@zkstack/concurrency'
import { NetworkError } from '../errors.js'
import { MuxerGuard, type MuxerLimits } from './muxer-guard.js'

/** A multiplexer whose connections are cut when they exceed what its streams can need. @see MuxerGuard */
export function guardedMuxer(
  inner: StreamMuxerFactory,
  limits: MuxerLimits,
  clock: Clock,
): StreamMuxerFactory {
  return {
    protocol: inner.protocol,
    createStreamMuxer: (line: MessageStream) => {
      const guard = new MuxerGuard(limits, clock.now())
      // before the multiplexer listens, so that it sees nothing that the guard has not
      line.addEventListener('message', ({ data }) => {
        const chunks = data instanceof Uint8Array ? [data] : data
        for (const chunk of chunks) {
          const violation = guard.push(chunk, clock.now())
          if (!violation) continue
          line.abort(new NetworkError('NETWORK_FLOOD', `above the limit of ${violation}`))
          return
        }
        const pauseMs = guard.pauseMs(clock.now())
        if (pauseMs > 0) rest(line, clock, pauseMs)
      })
      return inner.createStreamMuxer(line)
    },
  }
}

/** Reads nothing more of a line for a while: the remote side has to wait. */
function rest(line: MessageStream, clock: Clock, ms: number): void {
  if (line.status !== 'open') return
  line.pause()
  const cancel = clock.setTimer(clock.now() + ms, () => {
    try {
      line.resume()
    } catch {
      // the remote side has ended it meanwhile: what it had to say has been read
    }
  })
  line.addEventListener('close', cancel, { once: true })
}
