import { toHex } from '@zkstack/crypto'
import { parseSocketAddress } from '@zkstack/roles'

/** From where an IP address can be reached: this machine, a private network, or anywhere. */
export type AddressScope = 'loopback' | 'private' | 'public'

const ranks: Record<AddressScope, number> = { loopback: 0, private: 1, public: 2 }

/**
 * The scope of an address of 4 or 16 bytes; undefined for those that name no host: unspecified, multicast, reserved.
 * @see RFC 6890
 */
export function scopeOfIp(ip: Uint8Array): AddressScope | undefined {
  if (ip.length === 4) return scopeOfIp4(ip)
  if (ip.length !== 16) return undefined
  const zeros = ip.findIndex((byte) => byte !== 0)
  // ::ffff:0:0/96 is IPv4 in other words
  if (zeros === 10 && ip[10] === 0xff && ip[11] === 0xff) return scopeOfIp4(ip.subarray(12))
  if (zeros === -1) return undefined
  if (zeros === 15 && ip[15] === 1) return 'loopback'
  const [first = 0, second = 0] = ip
  if (first === 0xff) return undefined
  const isUniqueLocal = (first & 0xfe) === 0xfc
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80
  return isUniqueLocal || isLinkLocal ? 'private' : 'public'
}

/** Bytes of an IPv6 address that a site is given, which has all addresses that begin so. */
const SITE_BYTES = 8

/** Whom an address of 4 or 16 bytes counts as where a host may only have so much: itself, or the site that has it. */
export function hostOfIp(ip: Uint8Array): string {
  const site = ip.subarray(0, SITE_BYTES)
  // the local address, and those that stand for IPv4 addresses, begin with zeros
  return toHex(ip.length === 16 && site.some((byte) => byte !== 0) ? site : ip)
}

/** {@link hostOfIp} of an address as text; what is none counts as itself. */
export function hostOf(address: string): string {
  const at = parseSocketAddress(address.includes(':') ? `[${address}]:0` : `${address}:0`)
  return at ? hostOfIp(at.ip) : address
}

/**
 * Whether an address may be passed on by, or to, a node that is seen at another: nobody outside of a network may make a node
 * dial into that network, nor learns what is inside.
 */
export function mayPass(address: AddressScope, seenAt: AddressScope): boolean {
  return ranks[address] >= ranks[seenAt]
}

function scopeOfIp4([a = 0, b = 0]: Uint8Array): AddressScope | undefined {
  if (a === 0 || a >= 224) return undefined
  if (a === 127) return 'loopback'
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  return isPrivate ? 'private' : 'public'
}
