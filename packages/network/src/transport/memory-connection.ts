import { NetworkError } from '../errors.js'
import { peerIdMultihash } from '../peer-id.js'
import type { NodePublicKey } from '@zkstack/roles'
import { EarlyStreams } from './early-streams.js'
import type { MemoryHub } from './memory-hub.js'
import { MemoryFrameStream } from './memory-frame-stream.js'
import type { ConnectionDirection, FrameStream, TransportConnection } from './network-transport.js'

/** Who is at one end, and which protocols are served there. */
export interface MemoryEnd {
  readonly key: NodePublicKey
  readonly protocols: readonly string[]
}

interface PairInit {
  readonly hub: MemoryHub
  readonly from: MemoryEnd
  readonly to: MemoryEnd
  readonly address: string
}

/** One end of an in-process connection. */
export class MemoryConnection implements TransportConnection {
  readonly local: NodePublicKey
  readonly remote: NodePublicKey
  readonly remotePeerId: Uint8Array
  readonly localPeerId: Uint8Array
  readonly closed: Promise<void>
  readonly #streams = new Set<MemoryFrameStream>()
  readonly #early = new EarlyStreams<{ stream: MemoryFrameStream }>()
  #resolveClosed: () => void = () => undefined
  #isClosed = false
  #other: MemoryConnection | undefined

  private constructor(
    readonly hub: MemoryHub,
    readonly ends: { readonly local: MemoryEnd; readonly remote: MemoryEnd },
    readonly direction: ConnectionDirection,
    readonly remoteAddress: string,
  ) {
    this.local = ends.local.key
    this.remote = ends.remote.key
    this.localPeerId = peerIdMultihash(this.local)
    this.remotePeerId = peerIdMultihash(this.remote)
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve))
  }

  /** Both ends, the dialling one first. */
  static pair(o: PairInit): [outbound: MemoryConnection, inbound: MemoryConnection] {
    const outbound = new MemoryConnection(
      o.hub,
      { local: o.from, remote: o.to },
      'outbound',
      o.address,
    )
    const inbound = new MemoryConnection(
      o.hub,
      { local: o.to, remote: o.from },
      'inbound',
      o.address,
    )
    outbound.#other = inbound
    inbound.#other = outbound
    return [outbound, inbound]
  }

  openStream(
    protocol: string,
    o: { readonly signal: AbortSignal; readonly maxFrameBytes: number },
  ): Promise<FrameStream> {
    const other = this.#other
    if (this.#isClosed || !other) {
      return Promise.reject(new NetworkError('NETWORK_CLOSED', 'the connection is closed'))
    }
    if (!this.ends.remote.protocols.includes(protocol)) {
      return Promise.reject(
        new NetworkError('NETWORK_STREAM_RESET', `the peer does not speak ${protocol}`),
      )
    }
    const [ours, theirs] = MemoryFrameStream.pair({
      hub: this.hub,
      from: this.local,
      to: this.remote,
      protocol,
    })
    ours.maxFrameBytes = o.maxFrameBytes
    this.#own(ours)
    other.#own(theirs)
    if (!other.#early.offer(protocol, { stream: theirs })) {
      theirs.abort(new Error('too many streams wait to be served'))
    }
    return Promise.resolve(ours)
  }

  onStream(
    protocol: string,
    maxFrameBytes: number,
    handler: (stream: FrameStream) => Promise<void>,
  ): void {
    this.#early.serve(protocol, ({ stream }) => {
      stream.maxFrameBytes = maxFrameBytes
      handler(stream).catch((e: unknown) =>
        stream.abort(e instanceof Error ? e : new Error(String(e))),
      )
    })
  }

  close(): Promise<void> {
    this.#end(undefined)
    return Promise.resolve()
  }

  abort(reason: Error): void {
    this.#end(reason)
  }

  #own(stream: MemoryFrameStream): void {
    this.#streams.add(stream)
    stream.onGone = () => this.#streams.delete(stream)
  }

  #end(reason: Error | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const stream of [...this.#streams]) {
      if (reason) stream.abort(reason)
      else stream.hangUp()
    }
    this.#resolveClosed()
    const other = this.#other
    if (other) other.#end(reason)
  }
}
