import { createServer } from 'node:net'
import type { Random } from '@zkstack/concurrency'

/** Below the ports that systems give to outgoing connections, so that a port stays free while a program restarts. */
const LOWEST_PORT = 12_000
const PORT_COUNT = 8_000

/** The first of `count` ports of 127.0.0.1 in a row on which nobody listens now. @throws Error when there are none. */
export async function freePorts(count: number, random: Random): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const base = LOWEST_PORT + (random.uint32() % (PORT_COUNT - count))
    const ports = Array.from({ length: count }, (_, i) => base + i)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return base
  }
  throw new Error(`127.0.0.1 has no ${count} free ports in a row`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}
