import type { Hash32 } from '@zkstack/crypto'
import type { BridgeExit } from '../types/bridge-exit.js'
import type { Certificate } from '../types/certificate.js'
import type { ImportedBridgeExit } from '../types/claim.js'
import { bridgeExitHasher } from './bridge-exit-hash.js'
import { hashImportedBridgeExit } from './claim-hash.js'
import { hashAll, Preimage } from './preimage.js'

/** keccak256 of the leaves of bridge exits, in order. */
export function hashBridgeExits(exits: readonly BridgeExit[]): Hash32 {
  return hashAll(exits.map(bridgeExitHasher()))
}

/** keccak256 of the hashes of imported bridge exits, in order. */
export function hashImportedBridgeExits(imported: readonly ImportedBridgeExit[]): Hash32 {
  return hashAll(imported.map(hashImportedBridgeExit))
}

/**
 * A certificate's id: keccak256 of u32 BE network id ‖ u64 BE height ‖ previous local exit root ‖ new one ‖ hash of
 * the bridge exits ‖ hash of the imported ones ‖ metadata: 172 bytes.
 *
 * It does not cover the aggchain data, the custom chain data, nor the leaf count of the L1 info tree.
 * @see agglayer crates/agglayer-types/src/certificate/mod.rs
 */
export function certificateId(certificate: Certificate): Hash32 {
  return new Preimage(172)
    .u32be(certificate.networkId)
    .u64be(certificate.height)
    .bytes(certificate.prevLocalExitRoot)
    .bytes(certificate.newLocalExitRoot)
    .bytes(hashBridgeExits(certificate.bridgeExits))
    .bytes(hashImportedBridgeExits(certificate.importedBridgeExits))
    .bytes(certificate.metadata)
    .keccak256()
}
