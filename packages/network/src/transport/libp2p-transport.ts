import type { NetworkTransport } from './network-transport.js'

/** Options of {@link libp2pTransport}. */
export interface Libp2pTransportOptions {
  /** Largest frame that any stream may carry; sizes the receive buffers. Default 64 MiB. */
  readonly maxFrameBytes?: number
}

/** libp2p over TCP with noise and yamux. */
export function libp2pTransport(o: Libp2pTransportOptions = {}): NetworkTransport {
  throw new Error(`not there yet: ${o.maxFrameBytes}`)
}
