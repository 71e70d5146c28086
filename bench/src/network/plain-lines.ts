import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { systemRandom } from '@zkstack/concurrency'
import { libp2pTransport } from '@zkstack/network'
import { generateNodeKey } from '@zkstack/roles'

/** One sender and so many receivers, a connection to each, without our layer. */
export interface PlainLines {
  /** To every receiver. */
  send(frame: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** Told of bytes that one receiver got. */
export type OnBytes = (bytes: number) => void

/** Lines over libp2p, encrypted and multiplexed as ours are. */
export async function libp2pLines(receivers: number, onBytes: OnBytes): Promise<PlainLines> {
  const protocol = '/bench/1'
  const from = libp2pTransport()
  await from.start({
    identity: generateNodeKey(systemRandom),
    listen: [],
    protocols: [protocol],
    onConnection: () => undefined,
  })
  const hosts = [from]
  const streams = await Promise.all(
    Array.from({ length: receivers }, async () => {
      const to = libp2pTransport()
      hosts.push(to)
      const key = generateNodeKey(systemRandom)
      const { addresses } = await to.start({
        identity: key,
        listen: ['127.0.0.1:0'],
        protocols: [protocol],
        onConnection: (connection) => {
          connection.onStream(protocol, 2 ** 20, async (stream) => {
            for (let frame = await stream.receive(); frame; frame = await stream.receive())
              onBytes(frame.length)
          })
        },
      })
      const { signal } = new AbortController()
      const connection = await from.dial(addresses[0] ?? '', key.publicKey, { signal })
      return connection.openStream(protocol, { signal, maxFrameBytes: 0 })
    }),
  )
  return {
    send: async (frame) => {
      await Promise.all(streams.map((stream) => stream.send(frame)))
    },
    close: async () => {
      await Promise.all(hosts.map((host) => host.stop()))
    },
  }
}

/** Lines over TCP, in the clear. */
export async function tcpLines(receivers: number, onBytes: OnBytes): Promise<PlainLines> {
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      onBytes(chunk.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sockets = await Promise.all(
    Array.from(
      { length: receivers },
      () =>
        new Promise<Socket>((resolve) => {
          const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
            resolve(socket)
          })
        }),
    ),
  )
  return {
    send: async (frame) => {
      const full = sockets.filter((socket) => !socket.write(frame))
      await Promise.all(
        full.map((socket) => new Promise((resolve) => socket.once('drain', resolve))),
      )
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
