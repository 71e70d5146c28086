import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Logger } from '@zkstack/concurrency'
import { WebSocketServer } from 'ws'
import type { RpcDispatcherOptions } from '../json-rpc/rpc-dispatcher.js'
import { RpcSocket, type SocketLimits } from './rpc-socket.js'
import type { RpcTopics } from './rpc-topics.js'

/** What {@link RpcSockets} are made of. */
export interface RpcSocketsOptions extends SocketLimits {
  readonly topics: RpcTopics
  readonly dispatcher: RpcDispatcherOptions
  readonly maxMessageBytes: number
  readonly clock: Clock
  readonly logger: Logger
}

/** All WebSocket connections of a server. */
export class RpcSockets {
  readonly #o: RpcSocketsOptions
  readonly #server: WebSocketServer

  constructor(o: RpcSocketsOptions) {
    this.#o = o
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: o.maxMessageBytes,
      perMessageDeflate: false,
    })
  }

  /** Makes a connection of an upgrade that is allowed. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      return new RpcSocket({ ...this.#o, socket, caller: request.socket.remoteAddress })
    })
  }

  /** Ends all connections. */
  close(): void {
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}

/** Answers an upgrade that is not allowed. */
export function refuseUpgrade(stream: Duplex, status: string): void {
  // What was taken out of the server's hands ends at no time-out of its own.
  stream.once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
