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
import { list, mapped, names, nullable, struct, tagged, type Json } from './json.js'
import { addressHex, bool, hash, u256, u32, u64 } from './scalars.js'

/** A bridge exit; absent metadata is `null`. */
export const bridgeExit: Json<BridgeExit> = struct<BridgeExit>({
  leafType: names<LeafType>('transfer', 'message'),
  tokenInfo: struct<TokenInfo>({ originNetwork: u32, originTokenAddress: addressHex }),
  destNetwork: u32,
  destAddress: addressHex,
  amount: u256,
  metadata: nullable(hash),
})

const rollupIndex: Json<number> = {
  write: u32.write,
  read(value) {
    const index = u32.read(value)
    if (index !== INVALID_ROLLUP_INDEX) return index
    throw new CodecFailure('OUT_OF_RANGE', 'there is no such rollup')
  },
}

const globalIndex = struct<GlobalIndex>({ mainnetFlag: bool, rollupIndex, leafIndex: u32 })

/** A proof's siblings stand in an object of their own. */
const merkleProof: Json<MerkleProof> = mapped(
  struct<{ proof: Pick<MerkleProof, 'siblings'>; root: MerkleProof['root'] }>({
    proof: struct<Pick<MerkleProof, 'siblings'>>({ siblings: list(hash, 32) }),
    root: hash,
  }),
  ({ siblings, root }) => ({ proof: { siblings }, root }),
  ({ proof, root }) => ({ siblings: proof.siblings, root }),
)

const l1InfoTreeLeaf = struct<L1InfoTreeLeaf>({
  l1InfoTreeIndex: u32,
  rer: hash,
  mer: hash,
  inner: struct<L1InfoTreeLeafInner>({ globalExitRoot: hash, blockHash: hash, timestamp: u64 }),
})

const claim = tagged<Claim>({
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

/** An imported bridge exit; the claim is an object with the one member `Mainnet` or `Rollup`. */
export const importedBridgeExit: Json<ImportedBridgeExit> = struct<ImportedBridgeExit>({
  bridgeExit,
  claimData: claim,
  globalIndex,
})

/** A signature. */
export const ecdsaSignature: Json<EcdsaSignature> = struct<EcdsaSignature>({
  r: u256,
  s: u256,
  oddYParity: bool,
})

/** Public values of an aggchain proof. */
export const aggchainProofPublicValues: Json<AggchainProofPublicValues> =
  struct<AggchainProofPublicValues>({
    prevLocalExitRoot: hash,
    newLocalExitRoot: hash,
    l1InfoRoot: hash,
    originNetwork: u32,
    commitImportedBridgeExits: hash,
    aggchainParams: hash,
  })
