import type { AggchainProofPublicValues } from '../../types/aggchain-data.js'
import type { BridgeExit, LeafType, TokenInfo } from '../../types/bridge-exit.js'
import type {
  Claim,
  ClaimFromMainnet,
  ClaimFromRollup,
  ImportedBridgeExit,
  L1InfoTreeLeaf,
  L1InfoTreeLeafInner,
  MerkleProof,
} from '../../types/claim.js'
import type { EcdsaSignature } from '../../types/ecdsa-signature.js'
import type { GlobalIndex } from '../../types/global-index.js'
import { INVALID_ROLLUP_INDEX } from '../../types/network-id.js'
import { CodecFailure } from '../codec-error.js'
import type { Bincode } from './bincode.js'
import { array, names, option, struct, tagged } from './compounds.js'
import { addressBytes, bool, hash, u256, u32, u64 } from './elements.js'

/** 32 bytes. */
export const tokenInfo: Bincode<TokenInfo> = struct<TokenInfo>({
  originNetwork: u32,
  originTokenAddress: addressBytes,
})

/** 109 bytes, or 141 with metadata. */
export const bridgeExit: Bincode<BridgeExit> = struct<BridgeExit>({
  leafType: names<LeafType>('transfer', 'message'),
  tokenInfo,
  destNetwork: u32,
  destAddress: addressBytes,
  amount: u256,
  metadata: option(hash),
})

const rollupIndex: Bincode<number> = {
  ...u32,
  read(reader) {
    const index = reader.u32()
    if (index === INVALID_ROLLUP_INDEX) {
      throw new CodecFailure('OUT_OF_RANGE', 'there is no such rollup')
    }
    return index
  },
}

/** 9 bytes. */
export const globalIndex: Bincode<GlobalIndex> = struct<GlobalIndex>({
  mainnetFlag: bool,
  rollupIndex,
  leafIndex: u32,
})

/** 1 056 bytes: siblings, then root. */
export const merkleProof: Bincode<MerkleProof> = struct<MerkleProof>({
  siblings: array(hash, 32),
  root: hash,
})

/** 140 bytes. */
export const l1InfoTreeLeaf: Bincode<L1InfoTreeLeaf> = struct<L1InfoTreeLeaf>({
  l1InfoTreeIndex: u32,
  rer: hash,
  mer: hash,
  inner: struct<L1InfoTreeLeafInner>({ globalExitRoot: hash, blockHash: hash, timestamp: u64 }),
})

/** 2 256 bytes from mainnet, 3 312 from a rollup. */
export const claim: Bincode<Claim> = tagged<Claim>({
  mainnet: struct<Omit<ClaimFromMainnet, 'type'>>({
    proofLeafMer: merkleProof,
    proofGerL1root: merkleProof,
    l1Leaf: l1InfoTreeLeaf,
  }),
  rollup: struct<Omit<ClaimFromRollup, 'type'>>({
    proofLeafLer: merkleProof,
    proofLerRer: merkleProof,
    proofGerL1root: merkleProof,
    l1Leaf: l1InfoTreeLeaf,
  }),
})

/** A bridge exit, a claim, and a global index. */
export const importedBridgeExit: Bincode<ImportedBridgeExit> = struct<ImportedBridgeExit>({
  bridgeExit,
  claimData: claim,
  globalIndex,
})

/** 81 bytes. */
export const ecdsaSignature: Bincode<EcdsaSignature> = struct<EcdsaSignature>({
  r: u256,
  s: u256,
  oddYParity: bool,
})

/** 164 bytes. */
export const aggchainProofPublicValues: Bincode<AggchainProofPublicValues> =
  struct<AggchainProofPublicValues>({
    prevLocalExitRoot: hash,
    newLocalExitRoot: hash,
    l1InfoRoot: hash,
    originNetwork: u32,
    commitImportedBridgeExits: hash,
    aggchainParams: hash,
  })
