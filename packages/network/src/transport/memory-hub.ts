import { realClock, type Clock } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { NetworkError } from '../errors.js'
import { formatHostPort, parseHostPort } from '../host-port.js'
import { MemoryConnection, type MemoryEnd } from './memory-connection.js'

/** What a test does with a frame on its way: null delivers it, a number delays it by milliseconds, 'drop' loses it. */
export type FrameFate = number | 'drop' | null

/** A frame on its way. */
export interface FrameOnWire {
  readonly from: NodePublicKey
  readonly to: NodePublicKey
  readonly protocol: string
  readonly frame: Uint8Array
}

/** Options of a {@link MemoryHub}. */
export interface MemoryHubOptions {
  /** Time of the delays. Default: the real clock. */
  readonly clock?: Clock
  /** Delay of every frame in milliseconds. Default 0. */
  readonly latencyMs?: number
  /** Decides about single frames; called for each. A delayed frame delays those behind it on its stream. */
  readonly onFrame?: (frame: FrameOnWire) => FrameFate
}

/** A node on the hub. */
export interface MemoryHost extends MemoryEnd {
  accept(connection: MemoryConnection): void
}

/**
 * The wire of an in-process network: every `memoryTransport` on one hub reaches every other by its address.
 * Tests cut it with {@link MemoryHub.block}.
 */
export class MemoryHub {
  readonly clock: Clock
  readonly #latencyMs: number
  readonly #onFrame: MemoryHubOptions['onFrame']
  readonly #hosts = new Map<string, MemoryHost>()
  readonly #connections = new Set<MemoryConnection>()
  readonly #blocked = new Set<string>()
  #nextPort = 40_000

  constructor(o: MemoryHubOptions = {}) {
    this.clock = o.clock ?? realClock
    this.#latencyMs = o.latencyMs ?? 0
    this.#onFrame = o.onFrame
  }

  /** Puts a host on an address; port 0 takes a free one. @throws NetworkError `NETWORK_PORT_IN_USE`, `NETWORK_ADDRESS`. */
  listen(address: string, host: MemoryHost): string {
    const wanted = parseHostPort(address)
    const port = wanted.port === 0 ? this.#nextPort++ : wanted.port
    const taken = formatHostPort({ host: wanted.host, port })
    if (this.#hosts.has(taken)) {
      throw new NetworkError('NETWORK_PORT_IN_USE', `${taken} is in use; choose another port`)
    }
    this.#hosts.set(taken, host)
    return taken
  }

  /** Takes a host off its address. */
  unlisten(address: string): void {
    this.#hosts.delete(address)
  }

  /** Connects two hosts. @throws NetworkError `NETWORK_DIAL_FAILED`, `NETWORK_WRONG_PEER`. */
  connect(from: MemoryEnd, address: string, expected: NodePublicKey): MemoryConnection {
    const host = this.#hosts.get(address)
    if (!host || this.#blocked.has(linkOf(from.key, host.key))) {
      throw new NetworkError('NETWORK_DIAL_FAILED', `nobody answers at ${address}`)
    }
    if (!bytesEqual(host.key, expected)) {
      throw new NetworkError(
        'NETWORK_WRONG_PEER',
        `another node than expected answers at ${address}`,
      )
    }
    const [outbound, inbound] = MemoryConnection.pair({ hub: this, from, to: host, address })
    for (const connection of [outbound, inbound]) {
      this.#connections.add(connection)
      const forget = (): boolean => this.#connections.delete(connection)
      connection.closed.then(forget, forget)
    }
    host.accept(inbound)
    return outbound
  }

  /** Breaks every connection between two nodes and refuses new ones. */
  block(a: NodePublicKey, b: NodePublicKey): void {
    this.#blocked.add(linkOf(a, b))
    this.cut(a, b)
  }

  /** Breaks every connection between two nodes; they may connect again. */
  cut(a: NodePublicKey, b: NodePublicKey): void {
    const link = linkOf(a, b)
    for (const connection of [...this.#connections]) {
      if (linkOf(connection.local, connection.remote) === link)
        connection.abort(new Error('the wire was cut'))
    }
  }

  /** Lets two nodes connect again. */
  unblock(a: NodePublicKey, b: NodePublicKey): void {
    this.#blocked.delete(linkOf(a, b))
  }

  /** What happens to a frame: its delay in milliseconds, or 'drop'. */
  fateOf(frame: FrameOnWire): number | 'drop' {
    const fate = this.#onFrame?.(frame) ?? 0
    return fate === 'drop' ? fate : fate + this.#latencyMs
  }
}

function linkOf(a: NodePublicKey, b: NodePublicKey): string {
  return [toHex(a), toHex(b)].sort().join()
}
