import type { MemoryHub } from './memory-hub.js'
import type { NetworkTransport } from './network-transport.js'

/** A transport within this process. */
export function memoryTransport(hub: MemoryHub): NetworkTransport {
  throw new Error(`not there yet: ${String(hub)}`)
}
