import {
  NetworkError,
  peerIdMultihash,
  protocols,
  type ConnectionDirection,
  type FrameStream,
  type TransportConnection,
} from '@zkstack/network'
import type { NodePublicKey } from '@zkstack/roles'
import type { FrameSlab } from './frame-slab.js'
import type { SimulatedLink } from './simulated-link.js'
import { SimulatedStream } from './simulated-stream.js'

/** Sees what the ends of connections send and get. */
export interface WireObserver {
  /** A node hands a frame to its transport; returns the frame in words. */
  sent(from: number, to: number, protocol: string, frame: Uint8Array): string
  /** A frame, in words, reaches the other end. */
  delivered(from: number, to: number, protocol: string, frame: string): void
  /** A frame, in words, will reach nobody. */
  lost(from: number, to: number, protocol: string, frame: string): void
}

/** One end of a connection. */
export interface ConnectionEnd {
  readonly node: number
  readonly key: NodePublicKey
  readonly address: string
  readonly isAlive: () => boolean
  /** Whether it serves streams of a protocol. */
  readonly serves: (protocol: string) => boolean
}

interface ConnectionInit {
  readonly local: ConnectionEnd
  readonly remote: ConnectionEnd
  readonly link: SimulatedLink
  readonly direction: ConnectionDirection
  readonly observer: WireObserver
  readonly slab: FrameSlab
}

/** Streams of one protocol that may wait for their handler. */
const maxWaitingStreams = 4

/** One end of a simulated connection; everything on it shares one line, in order. */
export class SimulatedConnection implements TransportConnection {
  readonly remotePeerId: Uint8Array
  readonly localPeerId: Uint8Array
  readonly closed: Promise<void>
  readonly #init: ConnectionInit
  readonly #streams = new Set<SimulatedStream>()
  readonly #handlers = new Map<string, (stream: SimulatedStream) => void>()
  readonly #waiting = new Map<string, SimulatedStream[]>()
  #resolveClosed: () => void = () => undefined
  #isClosed = false
  #lastArrival = 0
  #other: SimulatedConnection | undefined

  private constructor(init: ConnectionInit) {
    this.#init = init
    this.localPeerId = peerIdMultihash(init.local.key)
    this.remotePeerId = peerIdMultihash(init.remote.key)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
  }

  /** Both ends, the dialling one first. */
  static pair(o: {
    readonly from: ConnectionEnd
    readonly to: ConnectionEnd
    readonly forth: SimulatedLink
    readonly back: SimulatedLink
    readonly observer: WireObserver
    readonly slab: FrameSlab
  }): [outbound: SimulatedConnection, inbound: SimulatedConnection] {
    const { from, to, observer, slab } = o
    const outbound = new SimulatedConnection({
      local: from,
      remote: to,
      link: o.forth,
      direction: 'outbound',
      observer,
      slab,
    })
    const inbound = new SimulatedConnection({
      local: to,
      remote: from,
      link: o.back,
      direction: 'inbound',
      observer,
      slab,
    })
    outbound.#other = inbound
    inbound.#other = outbound
    return [outbound, inbound]
  }

  get remote(): NodePublicKey {
    return this.#init.remote.key
  }

  /** Index of the node at the other end. */
  get remoteNode(): number {
    return this.#init.remote.node
  }

  get direction(): ConnectionDirection {
    return this.#init.direction
  }

  get remoteAddress(): string {
    return this.#init.remote.address
  }

  openStream(
    protocol: string,
    o: { readonly signal: AbortSignal; readonly maxFrameBytes: number },
  ): Promise<FrameStream> {
    const other = this.#other
    if (this.#isClosed || other === undefined) {
      return Promise.reject(new NetworkError('NETWORK_CLOSED', 'the connection is closed'))
    }
    const ours = this.#stream(protocol)
    const theirs = other.#stream(protocol)
    ours.join(theirs)
    ours.limit(o.maxFrameBytes)
    this.#carry(() => {
      other.#offer(theirs, protocol)
    })
    return Promise.resolve(ours)
  }

  onStream(
    protocol: string,
    maxFrameBytes: number,
    handler: (stream: FrameStream) => Promise<void>,
  ): void {
    const serve = (stream: SimulatedStream): void => {
      stream.limit(maxFrameBytes)
      handler(stream).catch((e: unknown) => {
        stream.abort(e instanceof Error ? e : new Error(String(e)))
      })
    }
    this.#handlers.set(protocol, serve)
    const waiting = this.#waiting.get(protocol) ?? []
    this.#waiting.delete(protocol)
    for (const stream of waiting) serve(stream)
  }

  close(): Promise<void> {
    this.#leave(undefined)
    return Promise.resolve()
  }

  abort(reason: Error): void {
    this.#leave(reason)
  }

  /** The end of this side's process: the other side hears of it after a while, ours does nothing more. */
  vanish(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#tellOther(new Error('the peer is gone'))
  }

  #leave(reason: Error | undefined): void {
    if (this.#isClosed) return
    this.#tellOther(reason)
    this.#end(reason)
  }

  #tellOther(reason: Error | undefined): void {
    const other = this.#other
    this.#carry(() => {
      if (other !== undefined) other.#end(reason)
    })
  }

  #end(reason: Error | undefined): void {
    if (this.#isClosed || !this.#init.local.isAlive()) return
    this.#isClosed = true
    for (const stream of [...this.#streams]) {
      if (reason === undefined) stream.hangUp()
      else stream.break()
    }
    this.#resolveClosed()
  }

  #stream(protocol: string): SimulatedStream {
    const { local, remote, observer, link, slab } = this.#init
    const lossy = protocol === protocols.consensus
    const stream = new SimulatedStream({
      isAlive: local.isAlive,
      slab,
      carry: (arrive) => {
        this.#carry(arrive)
      },
      carryFrame: (frame, arrive) => {
        const words = observer.sent(local.node, remote.node, protocol, frame)
        const deliver = (): void => {
          if (!remote.isAlive()) {
            observer.lost(local.node, remote.node, protocol, words)
            return
          }
          observer.delivered(local.node, remote.node, protocol, words)
          arrive()
        }
        if (!lossy) {
          this.#carry(deliver)
          return 1
        }
        const { at, copies } = link.carryLossy(deliver, this.#lastArrival)
        this.#lastArrival = at
        if (copies === 0) observer.lost(local.node, remote.node, protocol, words)
        return copies
      },
    })
    this.#streams.add(stream)
    stream.onGone = () => {
      this.#streams.delete(stream)
    }
    return stream
  }

  #carry(arrive: () => void): void {
    this.#lastArrival = this.#init.link.carry(arrive, this.#lastArrival)
  }

  #offer(stream: SimulatedStream, protocol: string): void {
    const { local } = this.#init
    if (this.#isClosed || !local.isAlive()) return
    if (!local.serves(protocol)) {
      stream.abort(new Error(`${protocol} is not served`))
      return
    }
    const handler = this.#handlers.get(protocol)
    if (handler !== undefined) {
      handler(stream)
      return
    }
    const waiting = this.#waiting.get(protocol) ?? []
    if (waiting.length >= maxWaitingStreams) {
      stream.abort(new Error('too many streams wait to be served'))
      return
    }
    this.#waiting.set(protocol, [...waiting, stream])
  }
}
