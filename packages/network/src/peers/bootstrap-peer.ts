import { parseNodePublicKey } from '@zkstack/roles'
import { NetworkError } from '../errors.js'
import { parseHostPort } from '../host-port.js'
import type { StaticPeer } from '../network.js'
import { parsePeerId } from '../peer-id.js'

/**
 * Takes `key@host:port` apart, where the key is `node:public:ed25519:…` or a PeerId, `12D3KooW…`. The key is part of the address,
 * so that nobody on the way can pass for the node that introduces all others.
 * @throws NetworkError `NETWORK_ADDRESS`.
 */
export function parseBootstrapPeer(text: string): StaticPeer {
  const at = text.lastIndexOf('@')
  const name = text.slice(0, Math.max(at, 0))
  const parsed = parseNodePublicKey(name)
  const key = parsed.ok ? parsed.value : parsePeerId(name)
  const addr = text.slice(at + 1)
  parseHostPort(addr)
  if (key) return { key, addr }
  throw new NetworkError(
    'NETWORK_ADDRESS',
    `"${text}" names no node: write its key and its address, node:public:ed25519:…@203.0.113.5:3054`,
  )
}
