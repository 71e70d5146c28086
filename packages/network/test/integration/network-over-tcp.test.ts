import { test } from 'vitest'
import { libp2pTransport } from '../../src/transport/libp2p-transport.js'
import { networkCompliance } from '../../testing/network-compliance.js'

for (const { name, run } of networkCompliance(() => libp2pTransport())) test(name, run)
