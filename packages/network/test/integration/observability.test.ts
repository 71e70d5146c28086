import { MemoryMetrics } from '@zkstack/concurrency'
import { recordingLogger } from '@zkstack/concurrency/testing'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { decodeBlockRange } from '../../src/codec.js'
import { protocols } from '../../src/protocols.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { RawPeer } from '../../testing/raw-peer.js'
import { TestPeer } from '../../testing/test-peer.js'

const committee = testCommittee(6)

test('metrics › peers come and go › are counted by direction and code', async () => {
  const hub = new MemoryHub()
  const metrics = new MemoryMetrics()
  await using a = await TestPeer.start({
    committee,
    transport: memoryTransport(hub),
    override: { metrics },
  })
  {
    await using b = await TestPeer.start({
      committee,
      transport: memoryTransport(hub),
      peers: { outbound: [a.asStaticPeer] },
    })
    await a.connectedTo(b)
    await a.until('pinged', () => a.network.peers()[0]?.rttMs !== undefined)
    expect(metrics.openMetrics()).toContain('zkstack_network_peers{direction="inbound"} 1')
  }
  await a.sees('peerDisconnected')
  const text = metrics.openMetrics()
  expect(text).toContain('zkstack_network_peers{direction="inbound"} 0')
  expect(text).toMatch(/zkstack_network_disconnections_total\{code="SHUTDOWN"\} 1/)
  expect(text).toMatch(/zkstack_network_ping_seconds_count [1-9]/)
})

test('log › a peer of another chain › says so on both sides, by code and without secrets', async () => {
  const hub = new MemoryHub()
  const [left, right] = [recordingLogger(), recordingLogger()]
  await using a = await TestPeer.start({ committee, transport: memoryTransport(hub), logger: left })
  await using b = await TestPeer.start({
    committee: testCommittee(6, { chainId: 2n }),
    transport: memoryTransport(hub),
    logger: right,
    peers: { outbound: [a.asStaticPeer] },
  })
  await a.sees('peerRefused')
  await b.sees('peerRefused')
  for (const { records } of [left, right]) {
    expect(records.some(({ fields }) => fields?.['code'] === 'GENESIS_MISMATCH')).toBe(true)
  }
})

test('announcements › blocks come faster than they may be told › only the newest range is', async () => {
  const hub = new MemoryHub()
  const blocks = Array.from({ length: 50 }, (_, n) => committee.block(BigInt(n)))
  await using a = await TestPeer.start({
    committee,
    transport: memoryTransport(hub),
    limits: { blockRangeRate: { burst: 2, refreshMs: 1_000 } },
  })
  await using m = await RawPeer.start(memoryTransport(hub))
  const { connection } = await m.connect(a.asStaticPeer, { genesis: committee.genesis })
  const told: bigint[] = []
  connection.onStream(protocols.blocks, 1024, async (stream) => {
    for (let frame = await stream.receive(); frame; frame = await stream.receive()) {
      told.push(decodeBlockRange(frame).next)
    }
  })
  await a.until('first', () => told.length === 1)
  for (const block of blocks) await a.blocks.push(block)
  await a.until('last', () => told.at(-1) === 50n)
  expect(told.length).toBeLessThan(25)
})
