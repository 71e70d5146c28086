import type { Hash32 } from '@zkstack/crypto'
import type { ImportedBridgeExit } from '../types/claim.js'
import { hashBridgeExit } from './bridge-exit-hash.js'
import { globalIndexToBigint, hashGlobalIndex, writeGlobalIndex } from './global-index-hash.js'
import { hashAll, Preimage } from './preimage.js'

/** V2: keccak256 of each exit's keccak256(global index as u256 LE). */
export function importedBridgeExitsCommitmentV2(
  imported: readonly Pick<ImportedBridgeExit, 'globalIndex'>[],
): Hash32 {
  return hashAll(imported.map(({ globalIndex }) => hashGlobalIndex(globalIndex)))
}

/** V3: keccak256 of each exit's global index as u256 LE ‖ bridge exit leaf. */
export function importedBridgeExitsCommitmentV3(imported: readonly ImportedBridgeExit[]): Hash32 {
  const preimage = new Preimage(64 * imported.length)
  for (const { bridgeExit, globalIndex } of imported) {
    writeGlobalIndex(preimage, globalIndex).bytes(hashBridgeExit(bridgeExit))
  }
  return preimage.keccak256()
}

/** An element of L1's hash chain of claims: keccak256 of global index as u256 BE ‖ bridge exit leaf. */
export function globalIndexWithLeafCommitment({
  bridgeExit,
  globalIndex,
}: Pick<ImportedBridgeExit, 'bridgeExit' | 'globalIndex'>): Hash32 {
  return new Preimage(64)
    .u256be(globalIndexToBigint(globalIndex))
    .bytes(hashBridgeExit(bridgeExit))
    .keccak256()
}
