import { setMaxListeners } from 'node:events'
import type { Transport, Upgrader } from '@libp2p/interface'

/**
 * A transport that may have any number of inbound connections in their handshakes: each listens to the one signal that ends
 * the listener until its handshake has ended, and the platform would take more than ten of them for a leak.
 */
export function manyUpgrades<Components>(
  create: (components: Components) => Transport,
): (components: Components) => Transport {
  return (components) => {
    const transport = create(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (o) => createListener({ ...o, upgrader: manyInbound(o.upgrader) })
    return transport
  }
}

function manyInbound(upgrader: Upgrader): Upgrader {
  const upgradeInbound: Upgrader['upgradeInbound'] = (line, o) => {
    if (o.signal) setMaxListeners(0, o.signal)
    return upgrader.upgradeInbound(line, o)
  }
  return Object.assign(Object.create(upgrader) as Upgrader, { upgradeInbound })
}
