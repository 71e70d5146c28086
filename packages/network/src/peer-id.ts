import { bytesEqual } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { decodeBase58, encodeBase58 } from './base58.js'

/**
 * What stands before the 32 key bytes in the multihash of an Ed25519 PeerId: identity hash (00), 36 bytes
 * (24), protobuf `type = Ed25519` (08 01), protobuf `data` of 32 bytes (12 20).
 * @see https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)
const KEY_BYTES = 32

/** The multihash of a node key's PeerId, 38 bytes. */
export function peerIdMultihash(key: NodePublicKey): Uint8Array {
  if (key.length !== KEY_BYTES) throw new RangeError(`a node key has 32 bytes, not ${key.length}`)
  const multihash = new Uint8Array(PREFIX.length + KEY_BYTES)
  multihash.set(PREFIX)
  multihash.set(key, PREFIX.length)
  return multihash
}

/** The node key inside a PeerId's multihash; undefined when it is not of an Ed25519 key. */
export function nodeKeyOfPeerId(multihash: Uint8Array): NodePublicKey | undefined {
  if (multihash.length !== PREFIX.length + KEY_BYTES) return undefined
  if (!bytesEqual(multihash.subarray(0, PREFIX.length), PREFIX)) return undefined
  return multihash.slice(PREFIX.length)
}

/** The PeerId of a node key as people see it: `12D3KooW…`, base58. */
export function formatPeerId(key: NodePublicKey): string {
  return encodeBase58(peerIdMultihash(key))
}

/** The node key of a `12D3KooW…`; undefined when the text is no PeerId of an Ed25519 key. */
export function parsePeerId(text: string): NodePublicKey | undefined {
  // 38 bytes never need more than 52 digits
  if (text.length > 52) return undefined
  const multihash = decodeBase58(text)
  return multihash && nodeKeyOfPeerId(multihash)
}
