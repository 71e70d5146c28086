import type { NodePublicKey } from '@zkstack/roles'
import { NetworkError } from '../errors.js'
import type { MemoryConnection } from './memory-connection.js'
import type { MemoryHub } from './memory-hub.js'
import type { NetworkTransport, TransportConnection, TransportStart } from './network-transport.js'

/** A transport within this process: nothing is encrypted, keys are taken at their word. For tests and simulations. */
export function memoryTransport(hub: MemoryHub): NetworkTransport {
  return new MemoryTransport(hub)
}

class MemoryTransport implements NetworkTransport {
  readonly #hub: MemoryHub
  readonly #connections = new Set<MemoryConnection>()
  #started: TransportStart | undefined
  #addresses: string[] = []

  constructor(hub: MemoryHub) {
    this.#hub = hub
  }

  start(o: TransportStart): Promise<{ addresses: string[] }> {
    this.#started = o
    try {
      for (const address of o.listen) {
        this.#addresses.push(
          this.#hub.listen(address, {
            key: o.identity.publicKey,
            protocols: o.protocols,
            accept: (connection) => {
              this.#own(connection)
              o.onConnection(connection)
            },
          }),
        )
      }
    } catch (e) {
      return this.stop().then(() => Promise.reject(e as Error))
    }
    return Promise.resolve({ addresses: [...this.#addresses] })
  }

  async dial(
    address: string,
    expected: NodePublicKey,
    o: { readonly signal: AbortSignal },
  ): Promise<TransportConnection> {
    o.signal.throwIfAborted()
    // a real dial never answers in the same turn
    await Promise.resolve()
    if (!this.#started) throw new NetworkError('NETWORK_CLOSED', 'the transport is not started')
    const { identity, protocols } = this.#started
    return this.#own(this.#hub.connect({ key: identity.publicKey, protocols }, address, expected))
  }

  stop(): Promise<void> {
    this.#started = undefined
    for (const address of this.#addresses) this.#hub.unlisten(address)
    this.#addresses = []
    for (const connection of [...this.#connections])
      connection.abort(new Error('the transport stops'))
    return Promise.resolve()
  }

  #own(connection: MemoryConnection): MemoryConnection {
    this.#connections.add(connection)
    const forget = (): boolean => this.#connections.delete(connection)
    connection.closed.then(forget, forget)
    return connection
  }
}
