import { ed25519 } from '@zkstack/crypto'
import { NodeOptionError } from '../errors.js'
import { checkAddress, checkInteger, describe, refuseUnknown, requireObject } from './check.js'

/** Checks `options.peers`. @throws NodeOptionError */
export function checkPeers(value: unknown, path: string): void {
  if (value === undefined) return
  const peers = requireObject(value, path, 'Give an object, or leave it out')
  refuseUnknown(peers, path, ['outbound', 'inbound', 'maxDynamicInbound', 'bootstrap'])
  if (peers['bootstrap'] !== undefined) {
    throw new NodeOptionError(
      'OPTION_NOT_SUPPORTED',
      `${path}.bootstrap`,
      'is not supported yet',
      'Name the peers in peers.outbound',
    )
  }
  checkOutbound(peers['outbound'], `${path}.outbound`)
  list(peers['inbound'], `${path}.inbound`).forEach((key, i) => {
    checkNodePublicKey(key, `${path}.inbound[${i}]`)
  })
  checkInteger(peers['maxDynamicInbound'], `${path}.maxDynamicInbound`, {
    min: 0,
    max: 100_000,
    unit: 'peers',
  })
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
