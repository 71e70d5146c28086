import { parseHostPort } from './host-port.js'
import { installPromiseWithResolvers } from './install-promise-with-resolvers.js'
import { NetworkNode } from './network-node.js'
import { parseBootstrapPeer } from './peers/bootstrap-peer.js'
import type { Network, NetworkInit } from './network.js'
import { allProtocols } from './protocols.js'

/**
 * Starts to listen and returns the network of one node. Connections wait until `run` is called.
 * @throws NetworkError `NETWORK_PORT_IN_USE`, `NETWORK_ADDRESS`, `NETWORK_LISTEN_FAILED`.
 */
export async function createNetwork(init: NetworkInit): Promise<Network> {
  installPromiseWithResolvers()
  // a wrong address must not wait for its first use to be noticed
  for (const { addr } of init.peers.outbound ?? []) parseHostPort(addr)
  for (const text of init.peers.bootstrap ?? []) parseBootstrapPeer(text)
  if (init.publicAddr !== undefined) parseHostPort(init.publicAddr)
  const network = new NetworkNode(init)
  const { addresses } = await init.transport.start({
    identity: init.nodeKey,
    listen: init.listen === '' ? [] : [init.listen],
    protocols: allProtocols,
    onConnection: (connection) => network.onConnection(connection),
    onRefused: (refused) => network.onRefused(refused),
  })
  network.addresses = addresses
  init.logger?.info('listening', { addresses, publicAddr: init.publicAddr })
  return network
}
