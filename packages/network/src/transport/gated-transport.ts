import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import type { Clock } from '@zkstack/concurrency'
import { NetworkError } from '../errors.js'
import { hostOf } from '../peers/address-scope.js'
import { InboundGate, type InboundGateLimits } from './inbound-gate.js'
import type { RefusedConnection } from './network-transport.js'

/** Options of {@link gatedTransport}. */
export interface GatedTransportOptions {
  readonly limits: InboundGateLimits
  readonly clock: Clock
  /** Called for each connection that was not let in. */
  onRefused(refused: RefusedConnection): void
}

/**
 * A transport over TCP that leaves its inbound connections unread, and does not begin to upgrade them, until an {@link InboundGate}
 * has let them in. What waits costs its socket; what is refused is reset.
 */
export function gatedTransport(inner: Transport, o: GatedTransportOptions): Transport {
  const gatekeeper = new Gatekeeper(o)
  const createListener = inner.createListener.bind(inner)
  inner.createListener = (options) => {
    const unread = { pauseOnConnect: true, upgrader: gatekeeper.gated(options.upgrader) }
    return createListener({ ...options, ...unread })
  }
  return inner
}

/** How often those that wait are looked at. */
const SERVE_MS = 50

/** Has the connections of all listeners pass one gate. */
class Gatekeeper {
  readonly #o: GatedTransportOptions
  readonly #gate: InboundGate
  readonly #refused = new NetworkError('NETWORK_FLOOD', 'more connections than are let in')
  /** Set while somebody waits. */
  #cancelTimer: (() => void) | undefined

  constructor(o: GatedTransportOptions) {
    this.#o = o
    this.#gate = new InboundGate(o.limits, o.clock.now())
  }

  /** An upgrader whose inbound connections wait for the gate. */
  gated(upgrader: Upgrader): Upgrader {
    const upgradeInbound = upgrader.upgradeInbound.bind(upgrader)
    return Object.assign(Object.create(upgrader) as Upgrader, {
      upgradeInbound: async (
        line: MultiaddrConnection,
        options: Parameters<typeof upgradeInbound>[1],
      ): Promise<void> => {
        const upgraded = await this.#pass(line)
        line.resume()
        await upgradeInbound(line, options)
        upgraded()
      },
    })
  }

  /** Resolves once a connection is let in, to what its upgrade is told with; rejects when it is refused or ends before. */
  #pass(line: MultiaddrConnection): Promise<() => void> {
    const { clock, onRefused } = this.#o
    const host = ipOf(line)
    line.pause()
    return new Promise((resolve, reject) => {
      const visit = this.#gate.arrive(
        hostOf(host),
        {
          letIn: () => {
            // the gate's answer may come before its result
            resolve(() => {
              visit.upgraded()
            })
          },
          refuse: (reason) => {
            onRefused({ host, reason })
            reject(this.#refused)
          },
        },
        clock.now(),
      )
      line.addEventListener('close', () => {
        visit.closed(clock.now())
        reject(this.#refused)
        this.#serveLater()
      })
      this.#serveLater()
    })
  }

  #serveLater(): void {
    if (this.#gate.waiting === 0) this.#cancelTimer?.()
    if (this.#gate.waiting === 0 || this.#cancelTimer) return
    const { clock } = this.#o
    const cancel = clock.setTimer(clock.now() + SERVE_MS, () => {
      this.#cancelTimer = undefined
      this.#gate.serve(clock.now())
      this.#serveLater()
    })
    this.#cancelTimer = () => {
      this.#cancelTimer = undefined
      cancel()
    }
  }
}

/** The IP address of `/ip4/127.0.0.1/tcp/3054`. */
function ipOf({ remoteAddr }: MultiaddrConnection): string {
  return remoteAddr.toString().split('/')[2] ?? ''
}
