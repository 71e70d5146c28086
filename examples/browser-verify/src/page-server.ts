import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { textOf } from './chain-source.js'
import { lieInEvent, lies, type Lie } from './lies.js'

/** What {@link servePage} takes. */
export interface PageServerOptions {
  readonly html: string
  /** The status server of a node. */
  readonly node: string
  /** 0 takes a free one. */
  readonly port: number
}

/** A running server of the page. */
export interface PageServer extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string
}

/**
 * Serves the page, and forwards `/chain/none/…` to a node, so that the page needs no leave to ask it. `/chain/<lie>/…` tells lies
 * of that name, to see them refused.
 */
export async function servePage({ html, node, port }: PageServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
      return
    }
    forward(node, request, response).catch(() => response.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => close(server),
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

async function forward(
  node: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, name = '', path = ''] = /^\/chain\/([a-z]+)\/(.*)$/.exec(request.url ?? '') ?? []
  const lie = lies()[name]
  if (lie === undefined || request.method !== 'GET') {
    response.writeHead(404).end()
    return
  }
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  const answer = await fetch(new URL(path, `${node}/`), { signal: gone.signal })
  const type = answer.headers.get('content-type') ?? 'text/plain'
  response.writeHead(answer.status, { 'content-type': type })
  if (type === 'text/event-stream') await forwardEvents(lie, answer, response)
  else response.end(told(lie, path, new Uint8Array(await answer.arrayBuffer())))
}

function told(lie: Lie, path: string, body: Uint8Array): Uint8Array {
  if (path === 'genesis.json' && lie.genesis !== undefined)
    return new TextEncoder().encode(lie.genesis(new TextDecoder().decode(body)))
  return path.startsWith('blocks/') && lie.block !== undefined ? lie.block(body) : body
}

async function forwardEvents(lie: Lie, answer: Response, response: ServerResponse): Promise<void> {
  let rest = ''
  for await (const text of textOf(answer)) {
    const events = (rest + text).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const passed = lieInEvent(lie, event)
      if (passed !== undefined) response.write(`${passed}\n\n`)
    }
  }
  response.end()
}
