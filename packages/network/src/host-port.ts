import { NetworkError } from './errors.js'

/** A `host:port`, taken apart. */
export interface HostPort {
  /** IPv4, IPv6 without brackets, or a name. */
  readonly host: string
  readonly port: number
  readonly kind: 'ip4' | 'ip6' | 'dns'
}

const IP4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const IP6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/
const NAME =
  /^(?=.{1,253}$)[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*$/

/**
 * Takes `203.0.113.5:3054`, `[2001:db8::1]:3054` or `node.example.com:3054` apart.
 * @throws NetworkError `NETWORK_ADDRESS`.
 */
export function parseHostPort(text: string): HostPort {
  const colon = text.lastIndexOf(':')
  const port = /^\d{1,5}$/.test(text.slice(colon + 1)) ? Number(text.slice(colon + 1)) : NaN
  const host = text.slice(0, Math.max(colon, 0))
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const kind = bare !== host ? IP6.test(bare) && 'ip6' : kindOf(host)
  if (!kind || !(port <= 65_535)) {
    throw new NetworkError(
      'NETWORK_ADDRESS',
      `"${text}" is not an address: write host:port, for example 203.0.113.5:3054, [2001:db8::1]:3054 or node.example.com:3054`,
    )
  }
  return { host: bare, port, kind }
}

function kindOf(host: string): HostPort['kind'] | undefined {
  if (IP4.test(host)) return 'ip4'
  // digits and dots only is a mistyped IPv4, not a name
  return NAME.test(host) && !/^[\d.]+$/.test(host) ? 'dns' : undefined
}

/** The reverse of {@link parseHostPort}. */
export function formatHostPort(o: Pick<HostPort, 'host' | 'port'>): string {
  return o.host.includes(':') ? `[${o.host}]:${o.port}` : `${o.host}:${o.port}`
}

/** The multiaddr of an address, as text; names stay names, so that each dial resolves them again. */
export function multiaddrOf(o: HostPort): string {
  return `/${o.kind}/${o.host}/tcp/${o.port}`
}
