import type { SeededRandom } from '@zkstack/concurrency'
import { bytesEqual } from '@zkstack/crypto'
import { NetworkError } from '@zkstack/network'
import type { NodePublicKey } from '@zkstack/roles'
import { FrameSlab } from './frame-slab.js'
import { delayBetween, type LatencyMatrix } from './latency.js'
import type { ProcessLife } from './process-life.js'
import type { Scheduler } from './scheduler.js'
import {
  SimulatedConnection,
  type ConnectionEnd,
  type WireObserver,
} from './simulated-connection.js'
import { SimulatedLink } from './simulated-link.js'
import { SimulatedTransport } from './simulated-transport.js'

/** What a {@link SimulatedWire} is made of. */
export interface SimulatedWireInit {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly latency: LatencyMatrix
  readonly keys: readonly NodePublicKey[]
  readonly observer: WireObserver
}

/** All lines between the nodes of a simulation. */
export class SimulatedWire {
  readonly #init: SimulatedWireInit
  readonly #links: readonly (readonly SimulatedLink[])[]
  readonly #listening = new Map<number, SimulatedTransport>()
  readonly #transports = new Set<SimulatedTransport>()
  readonly #slab = new FrameSlab()

  constructor(init: SimulatedWireInit) {
    this.#init = init
    this.#links = init.keys.map((_, from) =>
      init.keys.map(
        (_key, to) =>
          new SimulatedLink({
            scheduler: init.scheduler,
            random: init.random.split(`link ${from} ${to}`),
            delayMs: delayBetween(init.latency, from, to),
          }),
      ),
    )
  }

  /** Where node `index` listens. */
  addressOf(index: number): string {
    return `10.0.${Math.floor(index / 250)}.${1 + (index % 250)}:3054`
  }

  /** The line from one node to another. @throws RangeError */
  link(from: number, to: number): SimulatedLink {
    const link = this.#links[from]?.[to]
    if (link === undefined) throw new RangeError(`there is no line from ${from} to ${to}`)
    return link
  }

  /** The transport of a new process of a node. */
  attach(node: number, life: ProcessLife): SimulatedTransport {
    const transport = new SimulatedTransport({ wire: this, node, life })
    this.#transports.add(transport)
    return transport
  }

  /**
   * The process of a node is gone. Its peers learn of it after a delay; when it went without a word, only once `reveal` is
   * called, as after a power cut, when the next process of the machine refuses what still comes for the last one.
   */
  detach(transport: SimulatedTransport, o: { readonly silently: boolean }): () => void {
    this.#transports.delete(transport)
    this.unlisten(transport.node, transport)
    const reveal = (): void => {
      for (const connection of transport.connections) connection.vanish()
    }
    if (o.silently) return reveal
    reveal()
    return () => undefined
  }

  /** @throws NetworkError `NETWORK_PORT_IN_USE` while another transport of the node listens. */
  listen(node: number, transport: SimulatedTransport): void {
    const other = this.#listening.get(node)
    if (other !== undefined && other !== transport) {
      throw new NetworkError('NETWORK_PORT_IN_USE', `${this.addressOf(node)} is in use`)
    }
    this.#listening.set(node, transport)
  }

  unlisten(node: number, transport: SimulatedTransport): void {
    if (this.#listening.get(node) === transport) this.#listening.delete(node)
  }

  /**
   * Connects to an address, where `expected` must answer: one way there, one way back.
   * @throws NetworkError `NETWORK_DIAL_FAILED`, `NETWORK_WRONG_PEER`.
   */
  dial(
    from: SimulatedTransport,
    address: string,
    expected: NodePublicKey,
  ): Promise<SimulatedConnection> {
    const to = this.#init.keys.findIndex((_, index) => this.addressOf(index) === address)
    const key = this.#init.keys[to]
    if (key === undefined) return Promise.reject(nobodyAnswers(address))
    const isExpected = bytesEqual(key, expected)
    const forth = this.link(from.node, to)
    const back = this.link(to, from.node)
    return new Promise((resolve, reject) => {
      forth.carry(() => {
        const host = this.#listening.get(to)
        const pair = host && isExpected ? this.#connect(from, host) : undefined
        back.carry(() => {
          if (!from.life.isAlive) pair?.vanish()
          else if (host && !isExpected) reject(wrongPeer(address))
          else if (pair === undefined) reject(nobodyAnswers(address))
          else {
            from.own(pair)
            resolve(pair)
          }
        }, 0)
      }, 0)
    })
  }

  /** Breaks the connections between two nodes; they may connect again. */
  cut(a: number, b: number): void {
    for (const transport of this.#transports) {
      for (const connection of [...transport.connections]) {
        const ends = [transport.node, connection.remoteNode]
        if (ends.includes(a) && ends.includes(b)) connection.abort(new Error('the line broke'))
      }
    }
  }

  #connect(from: SimulatedTransport, host: SimulatedTransport): SimulatedConnection | undefined {
    const [outbound, inbound] = SimulatedConnection.pair({
      from: this.#end(from),
      to: this.#end(host),
      forth: this.link(from.node, host.node),
      back: this.link(host.node, from.node),
      observer: this.#init.observer,
      slab: this.#slab,
    })
    return host.accept(inbound) ? outbound : undefined
  }

  #end(transport: SimulatedTransport): ConnectionEnd {
    const { node, life } = transport
    const key = this.#init.keys[node]
    if (key === undefined) throw new RangeError(`there is no node ${node}`)
    return {
      node,
      key,
      address: this.addressOf(node),
      isAlive: () => life.isAlive,
      serves: (protocol) => transport.serves(protocol),
    }
  }
}

function wrongPeer(address: string): NetworkError {
  return new NetworkError('NETWORK_WRONG_PEER', `another node than expected answers at ${address}`)
}

function nobodyAnswers(address: string): NetworkError {
  return new NetworkError('NETWORK_DIAL_FAILED', `nobody answers at ${address}`)
}
