import type { Connection, Libp2p } from '@libp2p/interface'
import { errorOf } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { parseSocketAddress, type NodePublicKey } from '@zkstack/roles'
import { NetworkError } from '../errors.js'
import { formatHostPort, multiaddrOf, parseHostPort } from '../host-port.js'
import { formatPeerId, peerIdMultihash } from '../peer-id.js'
import type { InboundGateLimits } from './inbound-gate.js'
import { Libp2pConnection } from './libp2p-connection.js'
import { createHost, loadLibp2p, type Libp2pModules } from './libp2p-host.js'
import type { NetworkTransport, TransportConnection, TransportStart } from './network-transport.js'

/** Options of {@link libp2pTransport}. */
export interface Libp2pTransportOptions {
  /** Inbound connections that are not upgraded yet: their handshake is not complete. Of one remote address, 16. Default 256. */
  readonly maxPendingInbound?: number
  /**
   * Inbound connections of one remote address, of the first 64 bits of an IPv6 address. Default 256: many nodes may share one. As
   * many again may wait.
   */
  readonly maxInboundPerHost?: number
  /** New ones of one remote address per second, after 32 at once; what comes faster waits. Default 10. */
  readonly maxInboundPerSecondPerHost?: number
  /** New ones of all addresses per second, after 256 at once; what comes faster waits, the addresses in turn. Default 100. */
  readonly maxInboundPerSecond?: number
}

/**
 * libp2p over TCP with noise and yamux: the transport of production.
 *
 * libp2p is loaded when the transport starts, after `Promise.withResolvers` has been installed where the
 * platform lacks it. Discovery, routing, relaying, address books and libp2p's own pruning are not used.
 */
export function libp2pTransport(o: Libp2pTransportOptions = {}): NetworkTransport {
  return new Libp2pTransport(o)
}

interface Running {
  readonly host: Libp2p
  readonly modules: Libp2pModules
  readonly localPeerId: Uint8Array
}

class Libp2pTransport implements NetworkTransport {
  readonly #options: Libp2pTransportOptions
  readonly #connections = new WeakMap<Connection, Libp2pConnection>()
  #running: Running | undefined

  constructor(o: Libp2pTransportOptions) {
    this.#options = o
  }

  async start(o: TransportStart): Promise<{ addresses: string[] }> {
    const listen = o.listen.map(parseHostPort)
    const modules = await loadLibp2p()
    const host = await createHost(modules, {
      identity: o.identity,
      listen: listen.map(multiaddrOf),
      limits: gateLimitsOf(this.#options),
      onRefused: (refused) => o.onRefused?.(refused),
    })
    const running = { host, modules, localPeerId: peerIdMultihash(o.identity.publicKey) }
    this.#running = running
    host.addEventListener('connection:open', ({ detail }) => {
      if (detail.direction === 'inbound') o.onConnection(this.#wrap(detail, running))
    })
    const addresses: string[] = []
    host.addEventListener('transport:listening', ({ detail }) => {
      const wanted = listen[addresses.length]
      const port = detail
        .getAddrs()[0]
        ?.toString()
        .match(/\/tcp\/(\d+)/)?.[1]
      if (wanted)
        addresses.push(formatHostPort({ host: wanted.host, port: Number(port ?? wanted.port) }))
    })
    for (const protocol of o.protocols) {
      await host.handle(
        protocol,
        (stream, connection) => this.#wrap(connection, running).accept(stream),
        {
          maxInboundStreams: MAX_STREAMS_PER_PROTOCOL,
          maxOutboundStreams: MAX_STREAMS_PER_PROTOCOL,
        },
      )
    }
    try {
      await host.start()
    } catch (e) {
      await this.stop()
      throw listenError(o.listen, errorOf(e))
    }
    return { addresses }
  }

  async dial(
    address: string,
    expected: NodePublicKey,
    o: { readonly signal: AbortSignal },
  ): Promise<TransportConnection> {
    const running = this.#running
    if (!running) throw new NetworkError('NETWORK_CLOSED', 'the transport is not started')
    const peerId = formatPeerId(expected)
    const target = running.modules.multiaddr(`${multiaddrOf(parseHostPort(address))}/p2p/${peerId}`)
    try {
      // force: a second connection is wanted when the first one is dead without knowing it
      const dialled = await running.host.dial(target, { signal: o.signal, force: true })
      const connection = this.#wrap(dialled, running)
      if (bytesEqual(connection.remote, expected)) return connection
      connection.abort(new Error('another peer answers'))
    } catch (e) {
      throw dialError(address, peerId, errorOf(e))
    }
    throw wrongPeer(address, peerId, undefined)
  }

  async resolve(host: string): Promise<Uint8Array> {
    const { lookup } = await import('node:dns/promises')
    try {
      const { address, family } = await lookup(host)
      const found = parseSocketAddress(family === 6 ? `[${address}]:0` : `${address}:0`)
      if (found) return found.ip
    } catch (e) {
      throw new NetworkError('NETWORK_ADDRESS', `cannot resolve ${host}`, { cause: e })
    }
    throw new NetworkError('NETWORK_ADDRESS', `${host} has no IP address`)
  }

  async stop(): Promise<void> {
    const host = this.#running?.host
    this.#running = undefined
    if (!host) return
    for (const connection of host.getConnections())
      connection.abort(new Error('the transport stops'))
    await host.stop()
  }

  #wrap(connection: Connection, { localPeerId }: Running): Libp2pConnection {
    const known = this.#connections.get(connection)
    if (known) return known
    const wrapped = new Libp2pConnection(connection, localPeerId)
    this.#connections.set(connection, wrapped)
    return wrapped
  }
}

/** The two lanes of consensus. */
const MAX_STREAMS_PER_PROTOCOL = 2

function gateLimitsOf(o: Libp2pTransportOptions): Partial<InboundGateLimits> {
  const { maxPendingInbound, maxInboundPerHost, maxInboundPerSecondPerHost, maxInboundPerSecond } =
    o
  return {
    ...(maxPendingInbound !== undefined && { maxPending: maxPendingInbound }),
    ...(maxInboundPerHost !== undefined && {
      maxPerHost: maxInboundPerHost,
      maxWaitingPerHost: maxInboundPerHost,
    }),
    ...(maxInboundPerSecondPerHost !== undefined && {
      perSecondPerHost: maxInboundPerSecondPerHost,
    }),
    ...(maxInboundPerSecond !== undefined && { perSecond: maxInboundPerSecond }),
  }
}

function listenError(listen: readonly string[], cause: Error): NetworkError {
  const addresses = listen.join(', ')
  if (cause.message.includes('EADDRINUSE')) {
    return new NetworkError(
      'NETWORK_PORT_IN_USE',
      `${addresses} is in use by another process: stop it, or listen on another port`,
      { cause },
    )
  }
  const reason = /\b(EACCES|EADDRNOTAVAIL|ENOTFOUND|EAI_AGAIN|EINVAL)\b/.exec(cause.message)?.[0]
  return new NetworkError(
    'NETWORK_LISTEN_FAILED',
    `cannot listen on ${addresses}: ${reason ?? cause.message}`,
    { cause },
  )
}

function dialError(address: string, peerId: string, cause: Error): NetworkError {
  if (cause instanceof NetworkError) return cause
  if (cause.message.includes('does not match expected remote identity key'))
    return wrongPeer(address, peerId, cause)
  return new NetworkError('NETWORK_DIAL_FAILED', `cannot connect to ${address}: ${cause.message}`, {
    cause,
  })
}

function wrongPeer(address: string, peerId: string, cause: Error | undefined): NetworkError {
  return new NetworkError(
    'NETWORK_WRONG_PEER',
    `another node answers at ${address} than ${peerId}: check the address and the key of this peer`,
    { cause },
  )
}
