import { describe, test } from 'vitest'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { networkCompliance } from '../../testing/network-compliance.js'

describe('memory', () => {
  const hub = new MemoryHub()
  for (const { name, run } of networkCompliance(() => memoryTransport(hub))) test(name, run)
})

describe('libp2p over TCP', () => {
  for (const { name, run } of networkCompliance(() => libp2pTransport())) test(name, run)
})
