import { errorOf, type Clock, type Logger } from '@zkstack/concurrency'
import { ok } from '@zkstack/crypto'
import { json } from '@zkstack/pessimistic-proof'
import { WebSocket, type RawData } from 'ws'
import { TAKING_TIMEOUT_MS } from '../http/taking-timeout.js'
import { anyJson } from '../json-rpc/json-forms.js'
import { RpcDispatcher, type RpcDispatcherOptions } from '../json-rpc/rpc-dispatcher.js'
import { rpcError } from '../json-rpc/rpc-error.js'
import { rpcMethod, type RpcMethod, type RpcMethods } from '../json-rpc/rpc-method.js'
import type { RpcTopics } from './rpc-topics.js'

/** How a server ends a connection, beside the codes of RFC 6455. */
export const closeCodes = {
  /** Too much that was sent to it is unread. */
  SLOW_READER: 4001,
  /** Something may have happened that its subscriptions were not told: ask for what is, and subscribe again. */
  EVENTS_LOST: 4002,
} as const

/** What bounds a connection. */
export interface SocketLimits {
  /** Subscriptions at once. */
  readonly maxSubscriptions: number
  /** Bytes that may wait to be sent when there is news. */
  readonly maxUnreadBytes: number
  /** Between pings, in milliseconds; who has not answered one is gone. */
  readonly pingIntervalMs: number
}

/** What a {@link RpcSocket} is made of. */
export interface RpcSocketOptions extends SocketLimits {
  readonly socket: WebSocket
  readonly topics: RpcTopics
  readonly dispatcher: RpcDispatcherOptions
  readonly caller: string | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Messages of a client that are answered at once; it is not read meanwhile. */
const maxConcurrent = 4

/** How long a client may take to close, in milliseconds. */
const FAREWELL_MS = 2_000

interface Subscription {
  readonly end: () => void
  /** What happened before the client knew its id. */
  early: json.JsonValue[] | undefined
}

/** JSON-RPC with one client over a WebSocket: the same methods as over HTTP, and subscriptions. */
export class RpcSocket {
  readonly #o: RpcSocketOptions
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #gone = new AbortController()
  readonly #waiting: string[] = []
  #running = 0
  #nextId = 1
  #isAlive = true
  #cancelTimer: () => void = () => undefined

  constructor(o: RpcSocketOptions) {
    this.#o = o
    o.socket.on('message', (data, isBinary) => {
      this.#take(data, isBinary)
    })
    o.socket.on('pong', () => {
      this.#isAlive = true
    })
    o.socket.on('error', (error) => {
      o.logger.debug('a client broke the protocol, or went away', { reason: error.message })
    })
    o.socket.once('close', () => {
      this.#end()
    })
    this.#schedulePing()
  }

  /** Ends the connection with a code and its name; whoever does not answer loses it all the same. */
  close(code: number, reason: string): void {
    const { socket, clock } = this.#o
    if (socket.readyState !== WebSocket.OPEN) return
    for (const { end } of this.#subscriptions.values()) end()
    this.#subscriptions.clear()
    socket.close(code, reason)
    this.#cancelTimer()
    this.#cancelTimer = clock.setTimer(clock.now() + FAREWELL_MS, () => {
      socket.terminate()
    })
  }

  #end(): void {
    this.#cancelTimer()
    this.#gone.abort()
    this.#waiting.length = 0
    for (const { end } of this.#subscriptions.values()) end()
    this.#subscriptions.clear()
  }

  #schedulePing(): void {
    const { socket, clock, pingIntervalMs } = this.#o
    this.#cancelTimer = clock.setTimer(clock.now() + pingIntervalMs, () => {
      // What is not read has no pongs.
      if (!socket.isPaused) {
        if (!this.#isAlive) {
          socket.terminate()
          return
        }
        this.#isAlive = false
        socket.ping()
      }
      this.#schedulePing()
    })
  }

  #take(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.close(1003, 'expected text')
      return
    }
    this.#waiting.push(textOf(data))
    this.#begin()
  }

  /** Answers what waits, as far as it may; what a client sends besides is not read, but for what was read with it. */
  #begin(): void {
    const { socket } = this.#o
    while (this.#running < maxConcurrent) {
      const text = this.#waiting.shift()
      if (text === undefined) break
      this.#running += 1
      void this.#answer(text)
        .catch((e: unknown) => {
          this.#o.logger.debug('a client went away', { reason: errorOf(e).message })
        })
        .finally(() => {
          this.#running -= 1
          this.#begin()
        })
    }
    if (this.#running >= maxConcurrent) {
      socket.pause()
    } else if (socket.isPaused) {
      this.#isAlive = true
      socket.resume()
    }
  }

  async #answer(text: string): Promise<void> {
    const opened: Subscription[] = []
    const dispatcher = new RpcDispatcher({
      ...this.#o.dispatcher,
      methods: this.#methodsFor(opened),
    })
    const answer = await dispatcher.answer(text, {
      signal: this.#gone.signal,
      caller: this.#o.caller,
    })
    if (answer !== undefined) await this.#send(answer)
    for (const subscription of opened) this.#tellEarly(subscription)
  }

  /** Resolves when the client's side of the connection has taken it; who does not in time is cut off. */
  #send(text: string): Promise<void> {
    const { socket, clock, logger, caller } = this.#o
    return new Promise((resolve, reject) => {
      const cancelTimer = clock.setTimer(clock.now() + TAKING_TIMEOUT_MS, () => {
        logger.warn('a client does not take its answer', { caller })
        this.close(closeCodes.SLOW_READER, 'SLOW_READER')
      })
      socket.send(text, (error) => {
        cancelTimer()
        if (error) reject(error)
        else resolve()
      })
    })
  }

  #methodsFor(opened: Subscription[]): RpcMethods {
    const { namespace } = this.#o.topics
    return new Map<string, RpcMethod>([
      ...this.#o.dispatcher.methods,
      [`${namespace}_subscribe`, (params) => Promise.resolve(this.#subscribe(params, opened))],
      [
        `${namespace}_unsubscribe`,
        rpcMethod<{ readonly subscription: string }>(
          { subscription: json.text },
          async ({ subscription: id }) => {
            this.#subscriptions.get(id)?.end()
            return ok(this.#subscriptions.delete(id))
          },
        ),
      ],
    ])
  }

  #subscribe(params: json.JsonValue, opened: Subscription[]) {
    const { topics, maxSubscriptions } = this.#o
    if (this.#subscriptions.size >= maxSubscriptions)
      return rpcError('limitExceeded', `Limit exceeded: ${maxSubscriptions} subscriptions`)
    const id = `0x${this.#nextId.toString(16)}`
    const end = topics.subscribe(params, {
      notify: (result) => {
        if (subscription?.early === undefined) this.#notify(id, result)
        else subscription.early.push(result)
      },
      lost: () => {
        this.close(closeCodes.EVENTS_LOST, 'EVENTS_LOST')
      },
    })
    if (!end.ok) return end
    this.#nextId += 1
    const subscription: Subscription = { end: end.value, early: [] }
    this.#subscriptions.set(id, subscription)
    opened.push(subscription)
    return ok(id)
  }

  /** The client knows the id by now. */
  #tellEarly(subscription: Subscription): void {
    const { early = [] } = subscription
    subscription.early = undefined
    for (const [id, known] of this.#subscriptions)
      if (known === subscription) for (const result of early) this.#notify(id, result)
  }

  #notify(id: string, result: json.JsonValue): void {
    const { socket, topics, maxUnreadBytes, logger, caller } = this.#o
    if (socket.readyState !== WebSocket.OPEN) return
    if (socket.bufferedAmount > maxUnreadBytes) {
      logger.warn('a subscriber reads too slowly', { caller, unread: socket.bufferedAmount })
      this.close(closeCodes.SLOW_READER, 'SLOW_READER')
      return
    }
    const params = new Map<string, json.JsonValue>([
      ['subscription', id],
      ['result', result],
    ])
    const message = new Map<string, json.JsonValue>([
      ['jsonrpc', '2.0'],
      ['method', `${topics.namespace}_subscription`],
      ['params', params],
    ])
    socket.send(json.stringify(anyJson, message))
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8')
}
