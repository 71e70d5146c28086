import { describe, test } from 'vitest'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { transportCompliance } from '../../testing/transport-compliance.js'

describe('memory', () => {
  const hub = new MemoryHub()
  for (const { name, run } of transportCompliance(() => memoryTransport(hub))) test(name, run)
})

describe('libp2p over TCP', () => {
  for (const { name, run } of transportCompliance(() => libp2pTransport())) test(name, run)
})
