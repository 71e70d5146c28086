import { once } from 'node:events'
import { connect } from 'node:net'
import { silentLogger, yieldTurn, type Logger } from '@zkstack/concurrency'
import { expect, test } from 'vitest'
import { serveMetrics } from '../../src/settle/serve-metrics.js'

test('many scrapes at once, on one connection › are made once, and each is answered', async () => {
  let made = 0
  const contentType = 'text/plain'
  const expose = async (): Promise<{ contentType: string; text: string }> => {
    made++
    await yieldTurn()
    return { contentType, text: 'up 1\n' }
  }
  await using server = await serveMetrics('127.0.0.1:0', expose, silentLogger)
  const { port, hostname } = new URL(server.url)
  const socket = connect(Number(port), hostname).setEncoding('utf8')
  // they come in one piece, and are read in one turn
  socket.write('GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(50))
  let text = ''
  while ((text.match(/^up 1/gm) ?? []).length < 50) text += String(await once(socket, 'data'))
  expect(made).toBe(1)
  socket.destroy()
})

test('what is scraped cannot be read › 500, and the log says why', async () => {
  const warnings: unknown[] = []
  const logger: Logger = {
    ...silentLogger,
    warn: (message, fields) => warnings.push({ message, ...fields }),
  }
  const broken = () => Promise.reject(new Error('the disk failed'))
  await using server = await serveMetrics('127.0.0.1:0', broken, logger)
  expect((await fetch(`${server.url}/metrics`)).status).toBe(500)
  expect(warnings).toEqual([expect.objectContaining({ reason: 'the disk failed' })])
})
