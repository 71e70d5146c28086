import { parseSocketAddress, type SocketAddress } from '@zkstack/roles'
import type { PeersQuestion } from '../codec.js'
import { formatHostPort, parseHostPort } from '../host-port.js'
import type { NetworkTransport } from '../transport/network-transport.js'
import { scopeOfIp } from './address-scope.js'

/** What is known about where we are reached. */
export interface OwnAddressInit {
  /** `host:port`, as configured. */
  readonly publicAddr: string | undefined
  /** Addresses listened on, `host:port`. */
  readonly listening: readonly string[]
}

/** Where we can be dialled, for peers: with an IP if we know it, else they take the one at which they see us. */
export function dialableAt({ publicAddr, listening }: OwnAddressInit): PeersQuestion {
  const text = publicAddr ?? listening[0]
  if (text === undefined) return { port: 0, ip: undefined }
  const ip = parseSocketAddress(text)?.ip
  const isOfUse = ip !== undefined && scopeOfIp(ip) !== undefined
  return { port: parseHostPort(text).port, ip: isOfUse ? ip : undefined }
}

/** The configured public address, a name being resolved; undefined when there is none or nobody can resolve it. */
export async function resolvePublicAddress(
  publicAddr: string,
  transport: NetworkTransport,
): Promise<SocketAddress | undefined> {
  const { host, port, kind } = parseHostPort(publicAddr)
  if (kind !== 'dns') return parseSocketAddress(formatHostPort({ host, port }))
  const ip = await transport.resolve?.(host)
  return ip && { ip, port }
}
