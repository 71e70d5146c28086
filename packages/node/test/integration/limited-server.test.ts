import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { jsonLogger, silentLogger } from '@zkstack/concurrency'
import type { Block } from '@zkstack/executor'
import { afterEach, expect, test } from 'vitest'
import { BlockStream } from '../../src/http/block-stream.js'
import { limitedServer, type LimitedServerOptions } from '../../src/http/limited-server.js'

const open: { destroy(): void }[] = []

afterEach(() => {
  for (const resource of open.splice(0).reverse()) resource.destroy()
})

async function listening(
  listener: RequestListener,
  o: Partial<LimitedServerOptions> = {},
): Promise<Server> {
  const http = limitedServer(listener, { logger: silentLogger, ...o })
  open.push({
    destroy() {
      http.close()
      http.closeAllConnections()
    },
  })
  http.listen({ host: '127.0.0.1', port: 0 })
  await once(http, 'listening')
  return http
}

/** Asks for something and reads nothing of the answer; the result is the server's side of the connection. */
async function askAndReadNothing(http: Server): Promise<Socket> {
  const { port } = http.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  open.push(client)
  const [socket] = (await once(http, 'connection')) as [Socket]
  client.pause().write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  return socket
}

test('a client that takes nothing of a large answer › loses the connection', async () => {
  const answer = Buffer.alloc(64 * 1024 * 1024)
  const http = await listening((_, response) => response.end(answer), { stallMs: 100 })
  const socket = await askAndReadNothing(http)
  await once(socket, 'close')
  expect(socket.bytesWritten).toBeLessThanOrEqual(answer.length + 1024)
})

test('a reader of a stream that takes nothing › loses the connection; one that waits for blocks does not', async () => {
  // as much of a block as an event shows, and a long one
  const block = { kind: 'preGenesis', number: 10n ** 5_000n } as unknown as Block
  async function* one({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<Block> {
    yield block
    if (signal !== undefined) await once(signal, 'abort')
  }
  async function* many(): AsyncGenerator<Block> {
    for (;;) yield Promise.resolve(block)
  }
  const streams = [one, many].map((blocks) => new BlockStream({ blocks }, 100))
  const listener: RequestListener = (_, response) => {
    const attached = streams.shift()?.attach(response, { from: 0n, isHead: false })
    attached?.catch(() => response.destroy())
  }
  const http = await listening(listener, { stallMs: 100 })
  const waits = await askAndReadNothing(http)
  await once(http, 'request')
  const standsStill = await askAndReadNothing(http)
  await once(standsStill, 'close')
  expect(waits.destroyed).toBe(false)
})

test('an error of a server that listens › is logged, and ends nothing', async () => {
  const lines: string[] = []
  const logger = jsonLogger((line) => lines.push(line))
  const http = await listening((_, response) => response.end(), { logger })
  http.emit('error', new Error('accept EMFILE'))
  expect(lines.join()).toContain('accept EMFILE')
})
