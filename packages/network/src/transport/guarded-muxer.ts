import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import { NetworkError } from '../errors.js'
import { MuxerGuard, type MuxerLimits } from './muxer-guard.js'

/** A multiplexer whose connections are cut when they exceed what its streams can need. @see MuxerGuard */
export function guardedMuxer(
  inner: StreamMuxerFactory,
  limits: MuxerLimits,
  now: () => number,
): StreamMuxerFactory {
  return {
    protocol: inner.protocol,
    createStreamMuxer: (line: MessageStream) => {
      const guard = new MuxerGuard(limits, now())
      // before the multiplexer listens, so that it sees nothing that the guard has not
      line.addEventListener('message', ({ data }) => {
        const chunks = data instanceof Uint8Array ? [data] : data
        for (const chunk of chunks) {
          const violation = guard.push(chunk, now())
          if (!violation) continue
          line.abort(new NetworkError('NETWORK_FLOOD', `above the limit of ${violation}`))
          return
        }
      })
      return inner.createStreamMuxer(line)
    },
  }
}
