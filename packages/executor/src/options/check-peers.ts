import { ed25519 } from '@zkstack/crypto'
import { parseBootstrapPeer } from '@zkstack/network'
import { NodeOptionError } from '../errors.js'
import { checkAddress, checkInteger, describe, refuseUnknown, requireObject } from './check.js'

/** Checks `options.peers`. @throws NodeOptionError */
export function checkPeers(value: unknown, path: string): void {
  if (value === undefined) return
  const peers = requireObject(value, path, 'Give an object, or leave it out')
  refuseUnknown(peers, path, [
    'outbound',
    'inbound',
    'maxDynamicInbound',
    'maxDynamicOutbound',
    'bootstrap',
  ])
  checkBootstrap(peers['bootstrap'], `${path}.bootstrap`)
  checkOutbound(peers['outbound'], `${path}.outbound`)
  list(peers['inbound'], `${path}.inbound`).forEach((key, i) => {
    checkNodePublicKey(key, `${path}.inbound[${i}]`)
  })
  for (const name of ['maxDynamicInbound', 'maxDynamicOutbound']) {
    checkInteger(peers[name], `${path}.${name}`, { min: 0, max: 100_000, unit: 'peers' })
  }
}

function checkOutbound(value: unknown, path: string): void {
  list(value, path).forEach((entry, i) => {
    const at = `${path}[${i}]`
    const peer = requireObject(entry, at, 'Give { key, addr }')
    refuseUnknown(peer, at, ['key', 'addr'])
    checkNodePublicKey(peer['key'], `${at}.key`)
    checkAddress(peer['addr'], `${at}.addr`, { minPort: 1 })
  })
}

function checkBootstrap(value: unknown, path: string): void {
  list(value, path).forEach((entry, i) => {
    if (typeof entry === 'string' && isBootstrapPeer(entry)) return
    throw new NodeOptionError(
      'OPTION_INVALID',
      `${path}[${i}]`,
      typeof entry === 'string' ? 'names no node' : `is ${describe(entry)}, not a text`,
      "Give the node's key and address: 'node:public:ed25519:…@203.0.113.5:3054'",
    )
  })
}

function isBootstrapPeer(text: string): boolean {
  try {
    parseBootstrapPeer(text)
    return true
  } catch {
    return false
  }
}

function list(value: unknown, path: string): readonly unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new NodeOptionError(
    'OPTION_INVALID',
    path,
    `is ${describe(value)}, not a list`,
    'Give a list, or leave it out',
  )
}

function checkNodePublicKey(value: unknown, path: string): void {
  if (value instanceof Uint8Array && ed25519.isPublicKey(value)) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    path,
    value instanceof Uint8Array ? 'is no public key of Ed25519' : `is ${describe(value)}`,
    "Give the 32 bytes of the peer's node key: parseNodePublicKey('node:public:ed25519:…')",
  )
}
