import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { testCommittee } from '@zkstack/roles/testing'
import { expect, test } from 'vitest'
import { parseHostPort } from '../../src/host-port.js'
import { loadLibp2p } from '../../src/transport/libp2p-host.js'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { TestPeer } from '../../testing/test-peer.js'

const committee = testCommittee(6)

function vote(view: bigint) {
  return committee.sign(0, { type: 'replicaCommit', value: committee.commit(view, view) })
}

/** Sockets and servers of this process. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length
}

test('libp2p › twenty connections come and go, each with many messages › no warning, no handle is left', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  const before = handles()
  {
    await using a = await TestPeer.start({ committee, transport: libp2pTransport(), validator: 0 })
    let view = 0n
    for (let round = 0; round < 20; round++) {
      await using b = await TestPeer.start({
        committee,
        transport: libp2pTransport(),
        validator: 1,
        peers: { outbound: [a.asStaticPeer] },
      })
      await b.connectedTo(a)
      for (let i = 0; i < 20; i++) {
        const { length } = b.messages
        a.network.broadcast(vote(++view))
        a.network.gossipTransaction(Uint8Array.of(round, i))
        await b.until('vote', () => b.messages.length > length)
      }
    }
  }
  process.off('warning', note)
  expect(warnings).toEqual([])
  await expect.poll(handles).toBe(before)
})

test('libp2p › it stops while connections wait to be let in › no handle is left', async () => {
  const before = handles()
  {
    const transport = libp2pTransport({ maxInboundPerHost: 4 })
    await using a = await TestPeer.start({ committee, transport, listen: '127.0.0.1:0' })
    const { port } = parseHostPort(a.address)
    const sockets = Array.from({ length: 8 }, () => connect({ host: '127.0.0.1', port }))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    for (const socket of sockets) socket.on('error', () => undefined)
  }
  await expect.poll(handles).toBe(before)
})

test('libp2p › messages come › none of them costs an exception', async () => {
  const lengths: string[] = []
  const { RangeError: original } = globalThis
  // as noise makes its own, which nobody would see
  const counting = new Proxy(original, {
    apply(target, _, [message]: [string]) {
      lengths.push(message)
      return new target(message)
    },
  })
  globalThis.RangeError = counting
  try {
    await using a = await TestPeer.start({ committee, transport: libp2pTransport(), validator: 0 })
    await using b = await TestPeer.start({
      committee,
      transport: libp2pTransport(),
      validator: 1,
      peers: { outbound: [a.asStaticPeer] },
    })
    await b.connectedTo(a)
    lengths.length = 0
    for (let view = 1n; view <= 5n; view++) {
      const { length } = b.messages
      a.network.broadcast(vote(view))
      await b.until('vote', () => b.messages.length > length)
    }
    expect(lengths).toEqual([])
  } finally {
    globalThis.RangeError = original
  }
})

test('libp2p › a connection is quiet › no timer of the socket cuts it', async () => {
  await using a = await TestPeer.start({ committee, transport: libp2pTransport() })
  await using b = await TestPeer.start({
    committee,
    transport: libp2pTransport(),
    peers: { outbound: [a.asStaticPeer] },
  })
  await b.connectedTo(a)
  const active = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles()
  const ports = new Set(
    [a, b].flatMap((peer) => peer.network.addresses.map((at) => Number(at.split(':')[1]))),
  )
  const sockets = active.filter(
    (handle): handle is Socket =>
      handle instanceof Socket &&
      (ports.has(handle.localPort ?? -1) || ports.has(handle.remotePort ?? -1)),
  )
  expect(sockets.length).toBeGreaterThanOrEqual(2)
  for (const socket of sockets) expect(socket.timeout ?? 0).toBeGreaterThan(24 * 3_600_000)
})

test('libp2p › a stranger has a key of another kind › is refused, and the node lives on', async () => {
  await using a = await TestPeer.start({ committee, transport: libp2pTransport() })
  const { createLibp2p, tcp, noise, yamux, multiaddr } = await loadLibp2p()
  const stranger = await createLibp2p({
    privateKey: await generateKeyPair('secp256k1'),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  })
  const port = a.address.split(':')[1] ?? ''
  const dial = stranger.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}`))
  await dial.then(
    (connection) => new Promise((resolve) => connection.addEventListener('close', resolve)),
    () => undefined,
  )
  await stranger.stop()
  await using b = await TestPeer.start({
    committee,
    transport: libp2pTransport(),
    peers: { outbound: [a.asStaticPeer] },
  })
  await b.connectedTo(a)
  expect(a.failure).toBeUndefined()
})
