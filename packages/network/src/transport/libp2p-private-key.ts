import type { Ed25519PrivateKey, Ed25519PublicKey } from '@libp2p/interface'
import { bytesEqual } from '@zkstack/crypto'
import type { NodeSecretKey } from '@zkstack/roles'
import type { Libp2pModules } from './libp2p-host.js'

/**
 * A node key as libp2p wants it. The secret bytes stay inside the node key: libp2p needs signatures only.
 */
export function libp2pPrivateKey(
  key: NodeSecretKey,
  modules: Pick<Libp2pModules, 'publicKeyFromRaw'>,
): Ed25519PrivateKey {
  const publicKey = modules.publicKeyFromRaw(key.publicKey) as Ed25519PublicKey
  return {
    type: 'Ed25519',
    publicKey,
    raw: key.publicKey,
    equals: (other?: { raw?: unknown }) =>
      other?.raw instanceof Uint8Array && bytesEqual(other.raw, key.publicKey),
    sign: (data) => key.sign(data.subarray()),
  }
}
