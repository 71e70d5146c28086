import { createServer, type RequestListener, type Server } from 'node:http'
import type { Logger } from '@zkstack/concurrency'

/** Connections at once: a few people and scrapers, and no way to use up the node's descriptors. */
const MAX_CONNECTIONS = 64

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000

/** How often requests that take longer are looked for, in milliseconds. */
const CHECK_MS = 1_000

/** How long a reader may take nothing of what waits for it, in milliseconds. */
export const STALL_MS = 60_000

/** What {@link limitedServer} takes. */
export interface LimitedServerOptions {
  readonly logger: Logger
  /** Default {@link STALL_MS}. */
  readonly stallMs?: number
}

/**
 * A server for clients that nobody vouches for: their number is bounded, and who sends or reads nothing for long loses the connection.
 * What goes wrong once it listens is logged.
 */
export function limitedServer(listener: RequestListener, o: LimitedServerOptions): Server {
  const http = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    listener,
  )
  http.maxConnections = MAX_CONNECTIONS
  http.setTimeout(o.stallMs ?? STALL_MS)
  http.once('listening', () => {
    http.on('error', (error) => {
      o.logger.warn('the server had an error', { error })
    })
  })
  return http
}
