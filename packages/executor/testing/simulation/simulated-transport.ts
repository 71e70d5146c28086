import type { NodePublicKey } from '@zkstack/roles'
import {
  NetworkError,
  type NetworkTransport,
  type TransportConnection,
  type TransportStart,
} from '@zkstack/network'
import type { ProcessLife } from './process-life.js'
import type { SimulatedConnection } from './simulated-connection.js'
import type { SimulatedWire } from './simulated-wire.js'

/** The transport of one process of a node on a {@link SimulatedWire}. */
export class SimulatedTransport implements NetworkTransport {
  readonly #wire: SimulatedWire
  readonly #node: number
  readonly #life: ProcessLife
  readonly #connections = new Set<SimulatedConnection>()
  #started: TransportStart | undefined

  constructor(o: {
    readonly wire: SimulatedWire
    readonly node: number
    readonly life: ProcessLife
  }) {
    this.#wire = o.wire
    this.#node = o.node
    this.#life = o.life
  }

  get node(): number {
    return this.#node
  }

  get life(): ProcessLife {
    return this.#life
  }

  /** Connections that are open on this side. */
  get connections(): ReadonlySet<SimulatedConnection> {
    return this.#connections
  }

  /** Listens where its node does; other addresses and ports there are none. @throws NetworkError `NETWORK_PORT_IN_USE`. */
  async start(o: TransportStart): Promise<{ readonly addresses: string[] }> {
    if (o.listen.length > 0) this.#wire.listen(this.#node, this)
    this.#started = o
    return Promise.resolve({ addresses: [...o.listen] })
  }

  /** Whether streams of a protocol are served, with or without a handler by now. */
  serves(protocol: string): boolean {
    return this.#started?.protocols.includes(protocol) ?? false
  }

  async dial(
    address: string,
    expected: NodePublicKey,
    o: { readonly signal: AbortSignal },
  ): Promise<TransportConnection> {
    o.signal.throwIfAborted()
    const host = await this.#wire.dial(this, address, expected)
    if (this.#started === undefined) {
      throw new NetworkError('NETWORK_CLOSED', 'the transport has stopped')
    }
    return host
  }

  stop(): Promise<void> {
    this.#started = undefined
    this.#wire.unlisten(this.#node, this)
    for (const connection of [...this.#connections]) {
      connection.abort(new Error('the transport stops'))
    }
    return Promise.resolve()
  }

  /** Takes a connection that another side has opened; false when nobody listens any more. */
  accept(connection: SimulatedConnection): boolean {
    if (this.#started === undefined) return false
    this.own(connection)
    this.#started.onConnection(connection)
    return true
  }

  /** Keeps a connection until it is closed. */
  own(connection: SimulatedConnection): void {
    this.#connections.add(connection)
    const forget = (): void => {
      this.#connections.delete(connection)
    }
    connection.closed.then(forget, forget)
  }
}
