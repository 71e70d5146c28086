import { ManualClock, seededRandom } from '@zkstack/concurrency'
import { generateNodeKey } from '@zkstack/roles'
import { expect, test } from 'vitest'
import { MemoryHub, type MemoryHubOptions } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import type { FrameStream, TransportConnection } from '../../src/transport/network-transport.js'

const random = seededRandom(1)
const signal = new AbortController().signal
const PROTOCOL = '/test/1'

async function link(o: MemoryHubOptions) {
  const hub = new MemoryHub(o)
  const [serverKey, clientKey] = [generateNodeKey(random), generateNodeKey(random)]
  const [server, client] = [memoryTransport(hub), memoryTransport(hub)]
  const inbound: TransportConnection[] = []
  const onConnection = (connection: TransportConnection): void => void inbound.push(connection)
  const { addresses } = await server.start({
    identity: serverKey,
    listen: ['127.0.0.1:0'],
    protocols: [PROTOCOL],
    onConnection,
  })
  await client.start({ identity: clientKey, listen: [], protocols: [PROTOCOL], onConnection })
  const dial = () => client.dial(addresses[0] ?? '', serverKey.publicKey, { signal })
  const outbound = await dial()
  const frames: number[] = []
  inbound[0]?.onStream(PROTOCOL, 1000, async (stream: FrameStream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive())
      frames.push(frame[0] ?? -1)
  })
  const stream = await outbound.openStream(PROTOCOL, { signal, maxFrameBytes: 1000 })
  return {
    hub,
    dial,
    outbound,
    stream,
    frames,
    keys: [serverKey.publicKey, clientKey.publicKey] as const,
  }
}

test('memory hub › frames have a latency › arrive after it, in order', async () => {
  const clock = new ManualClock()
  const { stream, frames } = await link({
    clock,
    latencyMs: 50,
    onFrame: ({ frame }) => (frame[0] === 1 ? 100 : null),
  })
  for (const n of [1, 2, 3]) await stream.send(Uint8Array.of(n))
  await clock.run(149)
  expect(frames).toEqual([])
  await clock.run(2)
  expect(frames).toEqual([1, 2, 3])
})

test('memory hub › a frame is dropped › the others arrive', async () => {
  const clock = new ManualClock()
  const { stream, frames } = await link({
    clock,
    onFrame: ({ frame }) => (frame[0] === 2 ? 'drop' : null),
  })
  for (const n of [1, 2, 3]) await stream.send(Uint8Array.of(n))
  await clock.run(1)
  expect(frames).toEqual([1, 3])
})

test('memory hub › two nodes are blocked › are cut and cannot dial until they are unblocked', async () => {
  const { hub, dial, outbound, keys } = await link({})
  hub.block(...keys)
  await outbound.closed
  await expect(dial()).rejects.toMatchObject({ code: 'NETWORK_DIAL_FAILED' })
  hub.unblock(...keys)
  await expect(dial()).resolves.toBeDefined()
})
