import { bytesEqual, toHex } from '@zkstack/crypto'
import {
  NetworkError,
  type FrameStream,
  type NetworkTransport,
  type TransportConnection,
  type TransportStart,
} from '@zkstack/network'
import type { NodePublicKey } from '@zkstack/roles'

/** A frame that a node hands to its transport. */
export interface SentFrame {
  readonly from: NodePublicKey
  readonly to: NodePublicKey
  readonly protocol: string
  readonly frame: Uint8Array
}

/** What becomes of a frame: bytes replace it. */
export type FrameVerdict = 'deliver' | 'drop' | Uint8Array

/**
 * The wire between the nodes of a test network, over any transport: sees every frame, cuts links, loses and forges frames.
 */
export class TestWire {
  /** Judges every frame; replaceable at any time. Default: all are delivered. */
  onFrame: (frame: SentFrame) => FrameVerdict = () => 'deliver'
  readonly #observe: (frame: SentFrame) => void
  readonly #transports = new Set<WireTransport>()
  #groupOf: ((key: NodePublicKey) => number) | undefined

  /** @param observe is told of every frame, delivered or not. */
  constructor(observe: (frame: SentFrame) => void) {
    this.#observe = observe
  }

  /** Puts a node's transport on this wire. */
  attach(inner: NetworkTransport): WireTransport {
    const transport = new WireTransport(this, inner)
    this.#transports.add(transport)
    return transport
  }

  /** Takes a transport that has ended off the wire. */
  detach(transport: WireTransport): void {
    this.#transports.delete(transport)
  }

  /** Lets only nodes of the same group talk; cuts what connects others. */
  partition(groupOf: (key: NodePublicKey) => number): void {
    this.#groupOf = groupOf
    for (const transport of this.#transports) transport.cutForbidden()
  }

  /** Lets all nodes talk again. */
  heal(): void {
    this.#groupOf = undefined
  }

  /** Whether two nodes may talk. */
  allows(a: NodePublicKey, b: NodePublicKey): boolean {
    return this.#groupOf === undefined || this.#groupOf(a) === this.#groupOf(b)
  }

  /** Notes a frame and decides about it. */
  pass(frame: SentFrame): FrameVerdict {
    this.#observe(frame)
    return this.onFrame(frame)
  }
}

/** The transport of one run of one node. */
export class WireTransport implements NetworkTransport {
  readonly #wire: TestWire
  readonly #inner: NetworkTransport
  readonly #connections = new Set<TransportConnection>()
  #self: NodePublicKey = new Uint8Array()
  #dead = false

  constructor(wire: TestWire, inner: NetworkTransport) {
    this.#wire = wire
    this.#inner = inner
  }

  start(o: TransportStart): Promise<{ readonly addresses: string[] }> {
    this.#self = o.identity.publicKey
    return this.#inner.start({
      ...o,
      onConnection: (connection) => {
        const wrapped = this.#admit(connection)
        if (wrapped !== undefined) o.onConnection(wrapped)
      },
    })
  }

  async dial(
    address: string,
    expected: NodePublicKey,
    o: { readonly signal: AbortSignal },
  ): Promise<TransportConnection> {
    this.#check(expected)
    const connection = this.#admit(await this.#inner.dial(address, expected, o))
    if (connection === undefined) throw cutError()
    return connection
  }

  stop(): Promise<void> {
    return this.#inner.stop()
  }

  /** From now on nothing leaves this node and nothing reaches it, as if its process were gone. */
  crash(): void {
    this.#dead = true
    for (const connection of [...this.#connections]) connection.abort(cutError())
  }

  /** Cuts the connections to nodes that we may not talk to. */
  cutForbidden(): void {
    for (const connection of [...this.#connections]) {
      if (!this.#allows(connection.remote)) connection.abort(cutError())
    }
  }

  #admit(inner: TransportConnection): TransportConnection | undefined {
    if (!this.#allows(inner.remote)) {
      inner.abort(cutError())
      return undefined
    }
    this.#connections.add(inner)
    const forget = (): void => {
      this.#connections.delete(inner)
    }
    inner.closed.then(forget, forget)
    return new WireConnection(inner, (protocol, stream) =>
      this.#wrap(inner.remote, protocol, stream),
    )
  }

  #wrap(to: NodePublicKey, protocol: string, inner: FrameStream): FrameStream {
    return {
      send: (frame, o) => {
        this.#check(to)
        const verdict = this.#wire.pass({ from: this.#self, to, protocol, frame })
        if (verdict === 'drop') return Promise.resolve()
        return inner.send(verdict === 'deliver' ? frame : verdict, o)
      },
      receive: (o) => inner.receive(o),
      close: () => inner.close(),
      abort: (reason) => {
        inner.abort(reason)
      },
    }
  }

  #allows(remote: NodePublicKey): boolean {
    return !this.#dead && this.#wire.allows(this.#self, remote)
  }

  #check(remote: NodePublicKey): void {
    if (!this.#allows(remote)) throw cutError()
  }
}

type WrapStream = (protocol: string, stream: FrameStream) => FrameStream

class WireConnection implements TransportConnection {
  readonly #inner: TransportConnection
  readonly #wrap: WrapStream

  constructor(inner: TransportConnection, wrap: WrapStream) {
    this.#inner = inner
    this.#wrap = wrap
  }

  get remote(): NodePublicKey {
    return this.#inner.remote
  }

  get remotePeerId(): Uint8Array {
    return this.#inner.remotePeerId
  }

  get localPeerId(): Uint8Array {
    return this.#inner.localPeerId
  }

  get direction(): TransportConnection['direction'] {
    return this.#inner.direction
  }

  get remoteAddress(): string {
    return this.#inner.remoteAddress
  }

  get closed(): Promise<void> {
    return this.#inner.closed
  }

  async openStream(
    protocol: string,
    o: { readonly signal: AbortSignal; readonly maxFrameBytes: number },
  ): Promise<FrameStream> {
    return this.#wrap(protocol, await this.#inner.openStream(protocol, o))
  }

  onStream(
    protocol: string,
    maxFrameBytes: number,
    handler: (stream: FrameStream) => Promise<void>,
  ): void {
    this.#inner.onStream(protocol, maxFrameBytes, (stream) => handler(this.#wrap(protocol, stream)))
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  abort(reason: Error): void {
    this.#inner.abort(reason)
  }
}

function cutError(): NetworkError {
  return new NetworkError('NETWORK_CLOSED', 'the test cut the wire')
}

/** Groups nodes by their place in lists; a node in no list is alone. */
export function groupsOf(
  groups: readonly (readonly NodePublicKey[])[],
): (key: NodePublicKey) => number {
  const alone = new Map<string, number>()
  return (key) => {
    const group = groups.findIndex((keys) => keys.some((k) => bytesEqual(k, key)))
    if (group >= 0) return group
    const text = toHex(key)
    const own = alone.get(text) ?? groups.length + alone.size
    alone.set(text, own)
    return own
  }
}
