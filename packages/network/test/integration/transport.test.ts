import { getEventListeners } from 'node:events'
import { systemRandom } from '@zkstack/concurrency'
import { generateNodeKey } from '@zkstack/roles'
import { describe, expect, test } from 'vitest'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import type { TransportConnection } from '../../src/transport/network-transport.js'
import { transportCompliance } from '../../testing/transport-compliance.js'

/** Fewer than a connection may send at once, many more than it may in a turn. */
const FRAMES = 3_000

describe('memory', () => {
  const hub = new MemoryHub()
  for (const { name, run } of transportCompliance(() => memoryTransport(hub))) test(name, run)
})

describe('libp2p over TCP', () => {
  for (const { name, run } of transportCompliance(() => libp2pTransport())) test(name, run)
})

describe('libp2p over TCP', () => {
  async function start(
    listen: string,
    onConnection: (connection: TransportConnection) => void = () => undefined,
  ) {
    const transport = libp2pTransport()
    const identity = generateNodeKey(systemRandom)
    const { addresses } = await transport.start({
      identity,
      listen: [listen],
      protocols: ['/test/1'],
      onConnection,
    })
    return { transport, address: addresses[0] ?? '', key: identity.publicKey }
  }
  const signal = new AbortController().signal

  test('listens on every address › tells the port it took › is dialled by name', async () => {
    const server = await start('0.0.0.0:0')
    const client = await start('127.0.0.1:0')
    expect(server.address).toMatch(/^0\.0\.0\.0:[1-9]\d*$/)
    const name = server.address.replace('0.0.0.0', 'localhost')
    const connection = await client.transport.dial(name, server.key, { signal })
    expect(connection.remote).toEqual(server.key)
    await client.transport.stop()
    await server.transport.stop()
  })

  test('a peer sends thousands of small frames at once › they are taken a few in a turn, and all of them', async () => {
    const accepted: TransportConnection[] = []
    const server = await start('127.0.0.1:0', (connection) => accepted.push(connection))
    const client = await start('127.0.0.1:0')
    const connection = await client.transport.dial(server.address, server.key, { signal })
    await expect.poll(() => accepted.length).toBe(1)
    const perTurn = new Map<number, number>()
    let turn = 0
    let count = 0
    const countTurns = (): void => {
      turn++
      if (count < FRAMES) setImmediate(countTurns)
    }
    countTurns()
    const all = new Promise<void>((resolve, reject) => {
      accepted[0]?.onStream('/test/1', 100, async (stream) => {
        const end = stream.consume?.(([low = 0, high = 0]) => {
          if (low + 256 * high !== count) reject(new Error(`${low}, ${high} after ${count} frames`))
          perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1)
          if (++count === FRAMES) resolve()
          return undefined
        })
        await end
      })
    })
    const stream = await connection.openStream('/test/1', { signal, maxFrameBytes: 0 })
    for (let i = 0; i < FRAMES; i++) await stream.send(Uint8Array.of(i, i >> 8))
    await all
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(64)
    await client.transport.stop()
    await server.transport.stop()
  })

  test('a connection breaks › while streams are opened › opening them fails, and nothing listens to the signal any more', async () => {
    const accepted: TransportConnection[] = []
    const server = await start('127.0.0.1:0', (connection) => accepted.push(connection))
    const client = await start('127.0.0.1:0')
    const { signal } = new AbortController()
    const connection = await client.transport.dial(server.address, server.key, { signal })
    await expect.poll(() => accepted.length).toBe(1)
    const opening = Array.from({ length: 3 }, () =>
      connection.openStream('/test/1', { signal, maxFrameBytes: 1_000 }),
    )
    const opened = Promise.allSettled(opening)
    accepted[0]?.abort(new Error('cut'))
    expect((await opened).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await client.transport.stop()
    await server.transport.stop()
  })

  test('listens on IPv6 › tells its address in brackets', async () => {
    const server = await start('[::1]:0')
    expect(server.address).toMatch(/^\[::1\]:[1-9]\d*$/)
    await server.transport.stop()
  })

  test('its port is taken › the error names the address and what to do', async () => {
    const first = await start('127.0.0.1:0')
    await expect(start(first.address)).rejects.toMatchObject({
      code: 'NETWORK_PORT_IN_USE',
      message: `${first.address} is in use by another process: stop it, or listen on another port`,
    })
    await first.transport.stop()
  })

  test('its address is not one of this machine › is NETWORK_LISTEN_FAILED with the reason', async () => {
    await expect(start('203.0.113.5:3054')).rejects.toMatchObject({
      code: 'NETWORK_LISTEN_FAILED',
      message: 'cannot listen on 203.0.113.5:3054: EADDRNOTAVAIL',
    })
  })

  test('a dial is cancelled › rejects', async () => {
    const client = await start('127.0.0.1:0')
    const controller = new AbortController()
    const dial = client.transport.dial(
      '203.0.113.5:3054',
      client.key.map((b) => b ^ 1),
      { signal: controller.signal },
    )
    controller.abort()
    await expect(dial).rejects.toBeInstanceOf(Error)
    await client.transport.stop()
  })
})
