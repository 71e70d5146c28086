import { errorOf, type Ctx, type Logger, type ZkStackError } from '@zkstack/concurrency'
import { isNetworkError, NetworkError } from '../errors.js'
import type { NetworkInit, StaticPeer } from '../network.js'
import { formatPeerId } from '../peer-id.js'
import type { TransportConnection } from '../transport/network-transport.js'
import type { Peer } from './peer.js'

/** What a {@link Connector} works with. */
export interface ConnectorOptions {
  readonly init: Pick<NetworkInit, 'limits' | 'transport'>
  readonly logger: Logger
  /** Serves a connection until it ends; calls `onPeer` when its hello is complete. */
  serve(ctx: Ctx, connection: TransportConnection, onPeer: (peer: Peer) => void): Promise<void>
}

/** How an attempt to connect went: `wrongPeer` when another node answers at the address. */
export type DialOutcome = 'connected' | 'refused' | 'unreachable' | 'wrongPeer'

/** Dials, and serves what answers. */
export class Connector {
  readonly #o: ConnectorOptions

  constructor(o: ConnectorOptions) {
    this.#o = o
  }

  /** One attempt; ends when its connection does. */
  async connect(
    ctx: Ctx,
    peer: StaticPeer,
    o: { onPeer?(): void; warn?(error: ZkStackError): void } = {},
  ): Promise<DialOutcome> {
    const dialled = await this.#dial(ctx, peer)
    if (dialled instanceof NetworkError) {
      const isWrong = isNetworkError(dialled, 'NETWORK_WRONG_PEER')
      if (isWrong) o.warn?.(dialled)
      return isWrong ? 'wrongPeer' : 'unreachable'
    }
    let outcome: DialOutcome = 'refused'
    await this.#o.serve(ctx, dialled, () => {
      outcome = 'connected'
      o.onPeer?.()
    })
    return outcome
  }

  async #dial(ctx: Ctx, { key, addr }: StaticPeer): Promise<TransportConnection | NetworkError> {
    const { init, logger } = this.#o
    using patience = ctx.child({ timeoutMs: init.limits.dialTimeoutMs })
    const dial = init.transport.dial(addr, key, { signal: patience.signal })
    try {
      return await patience.race(dial)
    } catch (e) {
      // it may still come after we have given up
      void dial
        .then((late) => late.abort(new Error('the dial was given up')))
        .catch(() => undefined)
      ctx.throwIfCanceled()
      const failure = patience.canceled
        ? new NetworkError('NETWORK_TIMEOUT', 'no answer in time')
        : errorOf(e)
      if (!(failure instanceof NetworkError)) throw failure
      const reason = failure.message
      logger.info('cannot connect to a peer', { peer: formatPeerId(key), addr, reason })
      return failure
    }
  }
}
