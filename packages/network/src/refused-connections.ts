import type { Clock, Logger } from '@zkstack/concurrency'
import type { NetworkMetrics } from './network-metrics.js'
import type { RefusedConnection } from './transport/network-transport.js'

/** What {@link RefusedConnections} works with. */
export interface RefusedConnectionsInit {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: NetworkMetrics
}

/** Least time between two lines of the log. */
const LINE_MS = 10_000

/** Counts connections that were refused before their key was known; a flood of them is not one of lines. */
export class RefusedConnections {
  readonly #o: RefusedConnectionsInit
  #nextLineAt = -Infinity
  #count = 0

  constructor(o: RefusedConnectionsInit) {
    this.#o = o
  }

  add({ host, reason }: RefusedConnection): void {
    const { clock, logger, metrics } = this.#o
    metrics.onConnectionRefused(reason)
    this.#count++
    const now = clock.now()
    if (now < this.#nextLineAt) return
    logger.warn('connections are refused: more come than are let in', {
      host,
      reason,
      count: this.#count,
    })
    this.#nextLineAt = now + LINE_MS
    this.#count = 0
  }
}
