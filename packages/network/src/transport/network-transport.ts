import type { NodePublicKey, NodeSecretKey } from '@zkstack/roles'

/** Whether a connection was accepted from the remote side or dialled by us. */
export type ConnectionDirection = 'inbound' | 'outbound'

/** Options of a call that may wait. */
export interface StreamCallOptions {
  /** Ends the wait; the call rejects with an abort error. */
  readonly signal?: AbortSignal
}

/** What a transport needs to serve one node. */
export interface TransportStart {
  /** The key that the transport proves to every peer. */
  readonly identity: NodeSecretKey
  /** Addresses to listen on, as `host:port`; port 0 takes a free one; an empty list only dials. */
  readonly listen: readonly string[]
  /** Every protocol that connections will serve; a stream of another one is refused. */
  readonly protocols: readonly string[]
  /** Called once for each accepted connection whose remote key has been proven. */
  onConnection(connection: TransportConnection): void
  /** Called for each connection that was refused before its remote key was asked for. */
  onRefused?(refused: RefusedConnection): void
}

/** A connection that was refused before its remote key was known. */
export interface RefusedConnection {
  /** Its IP address. */
  readonly host: string
  /** It waited in vain, because its host, or all together, opened more than are let in; or too many waited already. */
  readonly reason: 'waited' | 'full'
}

/**
 * Authenticated, encrypted, multiplexed connections between node keys.
 *
 * A transport proves the key of the remote side before it hands a connection over, and delivers frames in
 * order, whole, and never above the limit of their stream.
 */
export interface NetworkTransport {
  /**
   * Starts to listen.
   * @returns the addresses listened on, as `host:port` with the port that was taken.
   * @throws NetworkError `NETWORK_PORT_IN_USE` when another process listens on an address.
   */
  start(o: TransportStart): Promise<{ readonly addresses: string[] }>
  /**
   * Connects to `address` (`host:port`) and proves that `expected` answers there.
   * @throws NetworkError `NETWORK_DIAL_FAILED`, `NETWORK_WRONG_PEER`.
   */
  dial(
    address: string,
    expected: NodePublicKey,
    o: { readonly signal: AbortSignal },
  ): Promise<TransportConnection>
  /** The IP address, 4 or 16 bytes, of a host name. Absent: names are not resolved. @throws NetworkError `NETWORK_ADDRESS`. */
  resolve?(host: string): Promise<Uint8Array>
  /** Cuts every connection and stops listening; leaves no handle behind; idempotent. */
  stop(): Promise<void>
}

/** One connection to a peer whose key has been proven. */
export interface TransportConnection {
  readonly remote: NodePublicKey
  /** Multihash of the remote PeerId. @see peerIdMultihash */
  readonly remotePeerId: Uint8Array
  /** Multihash of our PeerId. */
  readonly localPeerId: Uint8Array
  readonly direction: ConnectionDirection
  /** Where the remote side is seen, as `host:port`; for people, never for decisions. */
  readonly remoteAddress: string
  /** Opens a stream; a frame received on it above `maxFrameBytes` breaks it. */
  openStream(
    protocol: string,
    o: { readonly signal: AbortSignal; readonly maxFrameBytes: number },
  ): Promise<FrameStream>
  /**
   * Serves the streams of a protocol that the remote side opens; a frame received above `maxFrameBytes` breaks
   * its stream. Streams that came before the handler wait unread, a few at most. A handler that rejects aborts
   * its stream.
   */
  onStream(
    protocol: string,
    maxFrameBytes: number,
    handler: (stream: FrameStream) => Promise<void>,
  ): void
  /** Closes after what was sent has left. */
  close(): Promise<void>
  /** Cuts at once. */
  abort(reason: Error): void
  /** What the remote side did that made the transport cut the connection, a flood of streams or frames; undefined: nothing. */
  readonly flood?: string | undefined
  /** Resolves, and never rejects, once the connection is gone from either side. */
  readonly closed: Promise<void>
}

/** A two-way stream of whole frames. */
export interface FrameStream {
  /** Resolves once the transport has room for more: back-pressure, not an acknowledgement. */
  send(frame: Uint8Array, o?: StreamCallOptions): Promise<void>
  /** {@link send} of a frame in pieces, which nobody may change any more. Absent: join them and use `send`. */
  sendPieces?(pieces: readonly Uint8Array[], o?: StreamCallOptions): Promise<void>
  /** Sends at once, or says no: the transport has no room for the frame now, or the stream has ended. Absent: use `send`. */
  trySend?(frame: Uint8Array): boolean
  /**
   * The next frame, which nobody else has; undefined once the remote side has ended the stream.
   * @throws NetworkError `NETWORK_FRAME_TOO_LARGE`, `NETWORK_STREAM_RESET`.
   */
  receive(o?: StreamCallOptions): Promise<Uint8Array | undefined>
  /**
   * Hands over every frame as it comes, in order, without a promise for each, until the remote side has ended the stream; while
   * what `take` returned is pending, the next one waits. To be called instead of `receive`, once. Absent: use `receive`.
   * @throws what `receive` and `take` throw.
   */
  consume?(take: (frame: Uint8Array) => Promise<void> | undefined): Promise<void>
  /** Gives the memory of a received frame back, for a frame to come; nobody may look at it any more. */
  release?(frame: Uint8Array): void
  /** Ends our side. */
  close(): Promise<void>
  /** Resets both sides. */
  abort(reason: Error): void
}
