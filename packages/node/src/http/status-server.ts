import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { realClock, silentLogger, type Clock, type Logger } from '@zkstack/concurrency'
import type { ConsensusNode } from '@zkstack/executor'
import { formatHostPort, parseHostPort } from '@zkstack/network'
import { processMetrics, type ProcessMetrics } from '../metrics/process-metrics.js'
import {
  contentTypeFor,
  prometheusMetrics,
  type PrometheusMetrics,
} from '../metrics/prometheus-metrics.js'
import { Journal } from '../status/journal.js'
import { statusReport, type StatusReport } from '../status/status-report.js'
import { answer, type Answer } from './answer.js'
import { ChainRoutes, type ServedChain } from './chain-routes.js'
import { EventStream } from './event-stream.js'
import { limitedServer } from './limited-server.js'

/** Options of {@link serveStatus}. */
export interface StatusServerOptions {
  readonly node: ConsensusNode
  /** `host:port`; port 0 takes a free one. Default `127.0.0.1:3055`. There is no authentication: mind who can reach it. */
  readonly listen?: string
  /** The sink that the node was made with. Absent: `/metrics` shows only the process, and latencies stay empty. */
  readonly metrics?: PrometheusMetrics
  /** What light clients are served from. Absent: they are not served. */
  readonly chain?: ServedChain
  readonly logger?: Logger
  readonly clock?: Clock
}

/** A running status server. */
export interface StatusServer extends AsyncDisposable {
  /** `http://host:port`. */
  readonly url: string
  /** What `/status.json` would answer now. */
  report(): StatusReport
  /** Ends all connections; idempotent. The node runs on. */
  close(): Promise<void>
}

const DEFAULT_LISTEN = '127.0.0.1:3055'

/** How long an answer serves further requests, in milliseconds. */
const KEEP_ANSWER_MS = 100

/**
 * Serves a node's status over HTTP, read-only: `/` the status page, `/status.json`, `/metrics`, `/healthz` (200 unless the node
 * failed or stopped), `/readyz` (200 while it is synced, reaches its network, and its execution layer works; else 503). With
 * `chain` also what light clients need, see {@link ChainRoutes}.
 *
 * @throws NetworkError `NETWORK_ADDRESS`; the platform's error, such as `EADDRINUSE`, when it cannot listen.
 */
export async function serveStatus(o: StatusServerOptions): Promise<StatusServer> {
  const { host, port } = parseHostPort(o.listen ?? DEFAULT_LISTEN)
  const running = new RunningServer(o)
  await running.listen(host, port)
  return running
}

class RunningServer implements StatusServer {
  readonly #journal: Journal
  readonly #process: ProcessMetrics
  readonly #metrics: PrometheusMetrics
  readonly #http: Server
  readonly #events: EventStream
  readonly #chain: ChainRoutes | undefined
  readonly #o: StatusServerOptions
  readonly #clock: Clock
  /** One a path, and a format of the metrics. */
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Answer }>()
  #closed: Promise<void> | undefined

  constructor(o: StatusServerOptions) {
    this.#o = o
    this.#clock = o.clock ?? realClock
    this.#metrics = o.metrics ?? prometheusMetrics()
    this.#process = processMetrics(this.#metrics)
    this.#journal = new Journal({ node: o.node, clock: this.#clock })
    this.#events = new EventStream({ clock: this.#clock, report: () => this.report() })
    this.#chain = o.chain && new ChainRoutes({ ...o.chain, node: o.node, clock: this.#clock })
    this.#http = limitedServer(
      (request, response) => {
        this.#serve(request, response)
      },
      { logger: o.logger ?? silentLogger },
    )
  }

  get url(): string {
    const { address, port } = this.#http.address() as AddressInfo
    return `http://${formatHostPort({ host: address, port })}`
  }

  report(): StatusReport {
    const { node, metrics } = this.#o
    return statusReport({ node, metrics, clock: this.#clock, journal: this.#journal })
  }

  async listen(host: string, port: number): Promise<void> {
    try {
      this.#http.listen({ host, port })
      await once(this.#http, 'listening')
    } catch (e) {
      this.#release()
      throw e
    }
    this.#events.start()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#release()
    const closed = once(this.#http, 'close')
    this.#http.close()
    this.#http.closeAllConnections()
    await Promise.all([closed, this.#events.stop(), this.#chain?.stop()])
  }

  #release(): void {
    this.#journal[Symbol.dispose]()
    this.#process[Symbol.dispose]()
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?')[0]
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (path === '/events' && request.method === 'GET') {
      this.#events.attach(response)
      return
    }
    if (isRead && this.#chain?.serve(request, response) === true) return
    const { status, headers, body } = isRead
      ? this.#answer(path ?? '/', request)
      : answer.methodNotAllowed()
    response.writeHead(status, headers)
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  #answer(path: string, request: IncomingMessage): Answer {
    switch (path) {
      case '/':
        return this.#kept(path, () => answer.page(this.report()))
      case '/status.json':
        return this.#kept(path, () => answer.json(200, this.report()))
      case '/healthz':
        return answer.health(this.#o.node.status.phase)
      case '/readyz':
        return this.#kept(path, () => answer.readiness(this.report().readiness))
      case '/metrics':
        return this.#kept(`${path} ${contentTypeFor(request.headers.accept)}`, () => {
          this.#process.sample()
          return answer.metrics(this.#metrics.expose(request.headers.accept))
        })
      default:
        return answer.notFound()
    }
  }

  /** An answer that was made a moment ago is given again, so that many requests cost consensus nothing. */
  #kept(key: string, make: () => Answer): Answer {
    const now = this.#clock.now()
    const kept = this.#answers.get(key)
    if (kept !== undefined && now - kept.at < KEEP_ANSWER_MS) return kept.answer
    const made = make()
    this.#answers.set(key, { at: now, answer: made })
    return made
  }
}
