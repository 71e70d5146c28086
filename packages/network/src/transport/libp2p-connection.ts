import type { Connection, Stream } from '@libp2p/interface'
import { errorOf, onCancel } from '@zkstack/concurrency'
import type { NodePublicKey } from '@zkstack/roles'
import { isNetworkError, NetworkError } from '../errors.js'
import { nodeKeyOfPeerId, peerIdMultihash } from '../peer-id.js'
import { EarlyStreams } from './early-streams.js'
import { Libp2pFrameStream } from './libp2p-frame-stream.js'
import type { ConnectionDirection, FrameStream, TransportConnection } from './network-transport.js'

/** What is sent before `close` may take so long to leave. */
const CLOSE_TIMEOUTS_MS = [1_000, 500]

/** A connection of libp2p. */
export class Libp2pConnection implements TransportConnection {
  readonly remote: NodePublicKey
  readonly remotePeerId: Uint8Array
  readonly direction: ConnectionDirection
  readonly remoteAddress: string
  readonly closed: Promise<void>
  flood: string | undefined
  readonly #connection: Connection
  readonly #early = new EarlyStreams<Stream>()

  /** @throws NetworkError `NETWORK_HELLO` when the remote key is not Ed25519. */
  constructor(
    connection: Connection,
    readonly localPeerId: Uint8Array,
  ) {
    this.#connection = connection
    const remote = nodeKeyOfPeerId(connection.remotePeer.toMultihash().bytes)
    if (!remote)
      throw new NetworkError('NETWORK_HELLO', 'the key of the peer is not an Ed25519 key')
    this.remote = remote
    this.remotePeerId = peerIdMultihash(remote)
    this.direction = connection.direction
    this.remoteAddress = hostPortOf(connection.remoteAddr.toString())
    this.closed = new Promise((resolve) => {
      if (connection.status === 'open')
        connection.addEventListener('close', ({ error }) => {
          if (isNetworkError(error, 'NETWORK_FLOOD')) this.flood = error.message
          resolve()
        })
      else resolve()
    })
  }

  /** Takes a stream that the remote side has opened. */
  accept(stream: Stream): void {
    // nothing is read before a handler has set the limit of its frames
    stream.pause()
    if (!this.#early.offer(stream.protocol, stream))
      stream.abort(new Error('too many streams wait'))
  }

  async openStream(
    protocol: string,
    o: { readonly signal: AbortSignal; readonly maxFrameBytes: number },
  ): Promise<FrameStream> {
    if (this.#connection.status !== 'open')
      throw new NetworkError('NETWORK_CLOSED', 'the connection is closed')
    // libp2p goes on listening to the signal when the connection breaks meanwhile
    const ends = new AbortController()
    const unlink = onCancel(o, () => ends.abort(o.signal.reason))
    try {
      const stream = await this.#connection.newStream(protocol, { signal: ends.signal })
      return new Libp2pFrameStream(stream, o.maxFrameBytes)
    } catch (e) {
      const cause = errorOf(e)
      throw new NetworkError('NETWORK_STREAM_RESET', `cannot open ${protocol}: ${cause.message}`, {
        cause,
      })
    } finally {
      unlink?.()
    }
  }

  onStream(
    protocol: string,
    maxFrameBytes: number,
    handler: (stream: FrameStream) => Promise<void>,
  ): void {
    this.#early.serve(protocol, (raw) => {
      if (raw.status !== 'open') return
      const stream = new Libp2pFrameStream(raw, maxFrameBytes)
      handler(stream).catch((e: unknown) => stream.abort(errorOf(e)))
    })
  }

  async close(): Promise<void> {
    // the first attempt closes the streams and fails when one of them does; the second closes the line below
    // them, after what is written; an abort would make the other side throw away what it has not read yet
    for (const timeoutMs of CLOSE_TIMEOUTS_MS) {
      if (this.#connection.status !== 'open') return
      const closing = this.#connection.close({ signal: AbortSignal.timeout(timeoutMs) })
      // it may wait for a line that has broken in the meantime
      await Promise.race([closing.catch(() => undefined), this.closed])
    }
    this.#connection.abort(new Error('the connection does not close'))
  }

  abort(reason: Error): void {
    this.#connection.abort(reason)
  }
}

/** `/ip4/127.0.0.1/tcp/3054/p2p/…` as `127.0.0.1:3054`. */
function hostPortOf(multiaddr: string): string {
  const [, kind, host = '', , port = ''] = multiaddr.split('/')
  return kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`
}
