import type { Network, NetworkInit } from './network.js'

/**
 * Starts to listen and returns the network of one node; it serves once `run` is called.
 * @throws NetworkError `NETWORK_PORT_IN_USE`, `NETWORK_ADDRESS`, `NETWORK_LISTEN_FAILED`.
 */
export function createNetwork(init: NetworkInit): Promise<Network> {
  return Promise.reject(new Error(`not there yet: ${init.listen}`))
}
