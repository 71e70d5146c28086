import { createServer } from 'node:net'
import type { Random } from '@zkstack/concurrency'

/** Below the ports that systems give to outgoing connections, so that a killed validator's port is still free when it returns. */
const lowestPort = 20_000
const portCount = 10_000

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

/** Finds that many different ports of 127.0.0.1 on which nobody listens now. @throws Error when there are not enough. */
export async function freePorts(count: number, random: Random): Promise<number[]> {
  const start = random.uint32() % portCount
  const ports: number[] = []
  for (let i = 0; i < portCount && ports.length < count; i++) {
    const port = lowestPort + ((start + i) % portCount)
    if (await isFree(port)) ports.push(port)
  }
  if (ports.length < count)
    throw new Error(
      `127.0.0.1 has no ${count} free ports between ${lowestPort} and ${lowestPort + portCount}`,
    )
  return ports
}
