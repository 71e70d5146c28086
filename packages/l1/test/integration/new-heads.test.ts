import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Ctx } from '@zkstack/concurrency'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { newHeads } from '../../src/index.js'

it('heads of a node that sends an error of null with every result › are heard of', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { id, method } = JSON.parse(data.toString()) as { id: number; method: string }
      const result = method === 'eth_chainId' ? '0x7' : '0x1'
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, result, error: null }))
    })
  })
  const ctx = Ctx.root()
  try {
    const first = await new Promise((resolve, reject) => {
      const heads = newHeads({
        chainId: 7n,
        url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
        onStatus: resolve,
      })
      heads.run(ctx, () => undefined).catch(reject)
    })
    expect(first).toBe('connected')
  } finally {
    ctx.cancel()
    server.close()
  }
})
