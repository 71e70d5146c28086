/** Limits of an {@link InboundGate}. */
export interface InboundGateLimits {
  /** Connections of one host whose encryption handshake is not complete. */
  readonly maxPendingPerHost: number
  /** Connections of one host, of any state. */
  readonly maxPerHost: number
}

/** Counts of one host. */
interface Host {
  pending: number
  open: number
}

/** One connection that passed the gate. */
export interface Passage {
  /** The remote key is proven. */
  secured(): void
  /** The connection has ended. */
  closed(): void
}

/**
 * Lets a host open only so many connections, and far fewer of those that have not proven a key yet: one that opens connections
 * and says nothing must not take the place of others.
 */
export class InboundGate {
  readonly #limits: InboundGateLimits
  readonly #hosts = new Map<string, Host>()

  constructor(limits: InboundGateLimits) {
    this.#limits = limits
  }

  /** Hosts with a connection. */
  get size(): number {
    return this.#hosts.size
  }

  /** Lets a connection of a host in; undefined when there are too many. */
  enter(name: string): Passage | undefined {
    const host = this.#hosts.get(name) ?? { pending: 0, open: 0 }
    const { maxPendingPerHost, maxPerHost } = this.#limits
    if (host.pending >= maxPendingPerHost || host.open >= maxPerHost) return undefined
    this.#hosts.set(name, host)
    host.pending++
    host.open++
    let state: 'pending' | 'secured' | 'closed' = 'pending'
    return {
      secured: () => {
        if (state !== 'pending') return
        state = 'secured'
        host.pending--
      },
      closed: () => {
        if (state === 'closed') return
        if (state === 'pending') host.pending--
        state = 'closed'
        host.open--
        if (host.open === 0) this.#hosts.delete(name)
      },
    }
  }
}
