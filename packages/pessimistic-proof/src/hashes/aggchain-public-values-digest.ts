import { sha256 } from '@noble/hashes/sha2.js'
import { hash32, type Hash32 } from '@zkstack/crypto'
import type { AggchainProofPublicValues } from '../types/aggchain-data.js'
import { Preimage } from './preimage.js'

/**
 * SHA-256 of an aggchain proof's public values as SP1 hashes them: 164 bytes, the network id little-endian.
 * @see interop crates/unified-bridge/src/aggchain_proof.rs
 */
export function aggchainPublicValuesDigest(values: AggchainProofPublicValues): Hash32 {
  const preimage = new Preimage(164)
    .bytes(values.prevLocalExitRoot)
    .bytes(values.newLocalExitRoot)
    .bytes(values.l1InfoRoot)
    .u32le(values.originNetwork)
    .bytes(values.commitImportedBridgeExits)
    .bytes(values.aggchainParams)
  return hash32(sha256(preimage.finish()))
}
