import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import {
  Ctx,
  errorOf,
  realClock,
  silentLogger,
  type Clock,
  type Logger,
} from '@zkstack/concurrency'
import { RpcDispatcher, type RpcDispatcherOptions } from '../json-rpc/rpc-dispatcher.js'
import type { RpcMethods } from '../json-rpc/rpc-method.js'
import type { BatchLimit } from '../json-rpc/rpc-request.js'
import type { Readiness } from '../readiness/readiness.js'
import { refuseUpgrade, RpcSockets } from '../subscriptions/rpc-sockets.js'
import type { RpcTopics } from '../subscriptions/rpc-topics.js'
import { bearerToken } from './bearer-token.js'
import { readBody } from './body.js'
import { TAKING_TIMEOUT_MS } from './taking-timeout.js'

/** Options of {@link serveRpc}. */
export interface RpcServerOptions {
  readonly methods: RpcMethods
  /** What can be subscribed to over WebSocket; absent: there are no WebSockets. */
  readonly topics?: RpcTopics | undefined
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
  /** 0 takes a free one. */
  readonly port: number
  /** Who does not send it as `Authorization: Bearer …` is answered 401. Absent: everybody may call. */
  readonly token?: string | undefined
  /** Answers `GET /readyz`; absent: there is no such page. */
  readonly readiness?: (() => Promise<Readiness>) | undefined
  /** Answered by `GET /health`. */
  readonly version?: string | undefined
  /** Origins whose pages may call; default: any without a token, none with one. */
  readonly allowOrigin?: string | undefined
  /** Default 10 MiB. */
  readonly maxRequestBytes?: number | undefined
  /** Default 10 MiB. */
  readonly maxResponseBytes?: number | undefined
  /** Default 100. */
  readonly maxConnections?: number | undefined
  /** Of one WebSocket; default 32. */
  readonly maxSubscriptions?: number | undefined
  /** That may wait in one WebSocket when there is news; whoever reads too slowly is cut off. Default 1 MiB. */
  readonly maxUnreadBytes?: number | undefined
  /** Between pings of a WebSocket, in milliseconds; default 30 000. */
  readonly pingIntervalMs?: number | undefined
  /** Default: unlimited, within the bytes of a request. */
  readonly batchLimit?: BatchLimit | undefined
  /** How long a call may take, in milliseconds; default three minutes. */
  readonly timeoutMs?: number | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

/** A running server. */
export interface RpcServer extends AsyncDisposable {
  /** `http://host:port`; WebSockets are at the same place. */
  readonly url: string
  /** Gives up what is being answered and ends all connections; idempotent. */
  close(): Promise<void>
}

const MEBIBYTE = 1024 * 1024

/** Requests of one connection that may wait for their answers. */
const MAX_PIPELINED = 8

/** How long a request may take to arrive, in milliseconds. */
const ARRIVAL_TIMEOUT_MS = 60_000

/**
 * Answers JSON-RPC 2.0 on `POST /` and `POST /json-rpc`, over WebSockets there if there are topics, and `GET /health` as long as the
 * process lives.
 * @throws the platform's error, such as `EADDRINUSE`, when it cannot listen.
 */
export async function serveRpc(o: RpcServerOptions): Promise<RpcServer> {
  const running = new RunningServer(o)
  await running.listen()
  return running
}

class RunningServer implements RpcServer {
  readonly #o: RpcServerOptions
  readonly #http: Server
  readonly #dispatcher: RpcDispatcher
  readonly #sockets: RpcSockets | undefined
  readonly #logger: Logger
  readonly #maxRequestBytes: number
  readonly #isAllowed: (header: string | undefined) => boolean
  readonly #ctx: Ctx
  /** Requests of a connection that are not answered yet. */
  readonly #open = new WeakMap<Socket, number>()
  #closed: Promise<void> | undefined

  constructor(o: RpcServerOptions) {
    this.#o = o
    this.#ctx = Ctx.root({ clock: o.clock ?? realClock })
    this.#logger = o.logger ?? silentLogger
    this.#maxRequestBytes = o.maxRequestBytes ?? 10 * MEBIBYTE
    this.#isAllowed = o.token === undefined ? () => true : bearerToken(o.token)
    const dispatcher: RpcDispatcherOptions = {
      methods: o.methods,
      batchLimit: o.batchLimit ?? 'unlimited',
      timeoutMs: o.timeoutMs ?? 180_000,
      maxResponseBytes: o.maxResponseBytes ?? 10 * MEBIBYTE,
      clock: o.clock ?? realClock,
      logger: this.#logger,
    }
    this.#dispatcher = new RpcDispatcher(dispatcher)
    this.#sockets = o.topics && this.#socketsOf(o.topics, dispatcher)
    this.#http = createServer(
      { requestTimeout: ARRIVAL_TIMEOUT_MS, headersTimeout: ARRIVAL_TIMEOUT_MS },
      (request, response) => {
        if (!this.#takesOneMore(request, response)) return
        this.#serve(request, response).then(
          () => {
            this.#limitTaking(response)
          },
          (e: unknown) => {
            this.#logger.debug('a client went away', { reason: errorOf(e).message })
            response.destroy()
          },
        )
      },
    )
    this.#http.maxConnections = o.maxConnections ?? 100
    this.#http.on('upgrade', (request, stream, head) => {
      this.#upgrade(request, stream, head)
    })
  }

  get url(): string {
    const { address, port, family } = this.#http.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  async listen(): Promise<void> {
    this.#http.listen({ host: this.#o.host ?? '127.0.0.1', port: this.#o.port })
    await once(this.#http, 'listening')
    this.#http.on('error', (error) => {
      this.#logger.warn('the server had an error', { error })
    })
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#ctx.cancel(new Error('the server stops'))
    const closed = once(this.#http, 'close')
    this.#sockets?.close()
    this.#http.close()
    this.#http.closeAllConnections()
    await closed
  }

  #socketsOf(topics: RpcTopics, dispatcher: RpcDispatcherOptions): RpcSockets {
    const { maxSubscriptions = 32, maxUnreadBytes = MEBIBYTE, pingIntervalMs = 30_000 } = this.#o
    return new RpcSockets({
      ...{ topics, dispatcher, maxSubscriptions, maxUnreadBytes, pingIntervalMs },
      maxMessageBytes: this.#maxRequestBytes,
      clock: dispatcher.clock,
      logger: this.#logger,
    })
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy())
    const { authorization, origin } = request.headers
    if (this.#sockets === undefined || !rpcPaths.has(pathOf(request)))
      refuseUpgrade(stream, '404 Not Found')
    else if (!this.#isAllowed(authorization)) refuseUpgrade(stream, '401 Unauthorized')
    // What keeps pages away from POST does not keep them from opening a WebSocket.
    else if (origin !== undefined && this.#origin !== '*' && this.#origin !== origin)
      refuseUpgrade(stream, '403 Forbidden')
    else this.#sockets.accept(request, stream, head)
  }

  /** No client needs to send on before it is answered, and whoever did it without end would be answered without end. */
  #takesOneMore({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const open = (this.#open.get(socket) ?? 0) + 1
    this.#open.set(socket, open)
    response.once('close', () => {
      this.#open.set(socket, (this.#open.get(socket) ?? 1) - 1)
    })
    if (open <= MAX_PIPELINED) return true
    this.#logger.warn('a client asks on without an answer', { caller: socket.remoteAddress })
    socket.destroy()
    return false
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request)
    this.#allowOrigins(response)
    if (request.method === 'OPTIONS') return send(response, 204, '')
    if (request.method === 'GET' && path === '/health')
      return send(response, 200, JSON.stringify({ health: true, version: this.#o.version }))
    if (request.method === 'GET' && path === '/readyz' && this.#o.readiness !== undefined) {
      const readiness = await this.#o.readiness()
      return send(response, readiness.ready ? 200 : 503, JSON.stringify(readiness))
    }
    if (!rpcPaths.has(path)) return refuse(response, 404, 'not here: POST /')
    if (request.method !== 'POST') return refuse(response, 405, 'only POST is answered')
    if (!this.#isAllowed(request.headers.authorization)) {
      response.setHeader('www-authenticate', 'Bearer')
      return refuse(response, 401, 'a bearer token is needed')
    }
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
      return refuse(response, 415, 'expected content-type: application/json')
    await this.#answer(request, response)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request, this.#maxRequestBytes)
    if (text === undefined)
      return refuse(response, 413, `a request has at most ${this.#maxRequestBytes} bytes`)
    using ctx = this.#ctx.child()
    response.once('close', () => {
      ctx.cancel(new Error('the client went away'))
    })
    const answer = await this.#dispatcher.answer(text, {
      signal: ctx.signal,
      caller: request.socket.remoteAddress,
    })
    if (response.destroyed) return
    if (answer === undefined) send(response, 204, '')
    else send(response, 200, answer)
  }

  /** Whoever leaves an answer where it is loses the connection: there are only so many. */
  #limitTaking(response: ServerResponse): void {
    if (response.closed) return
    const { clock } = this.#ctx
    const cancelTimer = clock.setTimer(clock.now() + TAKING_TIMEOUT_MS, () => {
      this.#logger.warn('a client does not take its answer', {
        caller: response.socket?.remoteAddress,
      })
      response.destroy()
    })
    response.once('close', cancelTimer)
  }

  /** Nobody's browser has the token, and no page may try. */
  get #origin(): string | undefined {
    return this.#o.allowOrigin ?? (this.#o.token === undefined ? '*' : undefined)
  }

  #allowOrigins(response: ServerResponse): void {
    const origin = this.#origin
    if (origin === undefined) return
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-allow-methods', 'GET, POST')
    response.setHeader('access-control-allow-headers', 'content-type')
  }
}

const rpcPaths: ReadonlySet<string> = new Set(['/', '/json-rpc'])

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/'
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

/** The rest of the request is not read. */
function refuse(response: ServerResponse, status: number, problem: string): void {
  response.setHeader('connection', 'close')
  send(response, status, JSON.stringify({ error: problem }))
}
