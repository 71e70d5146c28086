import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { errorOf, type Logger } from '@zkstack/concurrency'
import { formatHostPort, parseHostPort } from '@zkstack/network'
import { limitedServer } from '../http/limited-server.js'
import { contentTypeFor, type Exposition } from '../metrics/prometheus-metrics.js'

/** A running metrics server. */
export interface MetricsServer extends AsyncDisposable {
  /** `http://host:port` */
  readonly url: string
}

/**
 * Answers `GET /metrics`.
 * @param expose makes what a scrape shows, for its `Accept` header
 * @throws the platform's error, such as `EADDRINUSE`, when it cannot listen.
 */
export async function serveMetrics(
  listen: string,
  expose: (accept: string | undefined) => Promise<Exposition>,
  logger: Logger,
): Promise<MetricsServer> {
  const making = new Map<string, Promise<Exposition>>()
  // However many ask at once, the database is asked once.
  const exposeOnce = (accept: string | undefined): Promise<Exposition> => {
    const format = contentTypeFor(accept)
    const made = making.get(format) ?? expose(accept).finally(() => making.delete(format))
    making.set(format, made)
    return made
  }
  const http = limitedServer(
    (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not here: try /metrics\n')
        return
      }
      exposeOnce(request.headers.accept).then(
        ({ contentType, text }) =>
          response.writeHead(200, { 'content-type': contentType }).end(text),
        (e: unknown) => {
          logger.warn('the metrics cannot be read', { reason: errorOf(e).message })
          response.writeHead(500).end()
        },
      )
    },
    { logger },
  )
  const { host, port } = parseHostPort(listen)
  http.listen({ host, port })
  await once(http, 'listening')
  return {
    get url() {
      const { address, port: bound } = http.address() as AddressInfo
      return `http://${formatHostPort({ host: address, port: bound })}`
    },
    async [Symbol.asyncDispose]() {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}
