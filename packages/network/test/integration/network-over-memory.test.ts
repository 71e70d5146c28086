import { test } from 'vitest'
import { MemoryHub } from '../../src/transport/memory-hub.js'
import { memoryTransport } from '../../src/transport/memory-transport.js'
import { networkCompliance } from '../../testing/network-compliance.js'

const hub = new MemoryHub()
for (const { name, run } of networkCompliance(() => memoryTransport(hub))) test(name, run)
