import { compareBytes, hash32, type Hash32 } from '@zkstack/crypto'
import fc from 'fast-check'
import { address, type Address } from '../../src/types/address.js'
import type {
  AggchainData,
  AggchainProof,
  AggchainProofPublicValues,
  Multisig,
} from '../../src/types/aggchain-data.js'
import type { BridgeExit, TokenInfo } from '../../src/types/bridge-exit.js'
import type { Certificate } from '../../src/types/certificate.js'
import type {
  Claim,
  ImportedBridgeExit,
  L1InfoTreeLeaf,
  MerkleProof,
} from '../../src/types/claim.js'
import type { EcdsaSignature } from '../../src/types/ecdsa-signature.js'
import type {
  BalanceProof,
  MultiBatchHeader,
  MultiSignature,
  ProofAggchainData,
} from '../../src/types/multi-batch-header.js'
import type { NetworkState } from '../../src/types/network-state.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const u256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined })
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })

/** Any digest. */
export const anyHash: fc.Arbitrary<Hash32> = bytes(32).map(hash32)
const anyAddress: fc.Arbitrary<Address> = bytes(20).map(address)

/** Many digests of which only the first is random: as good for codecs, and much faster. */
const hashes = (count: number): fc.Arbitrary<Hash32[]> =>
  anyHash.map((first) => Array.from({ length: count }, (_, i) => (i === 0 ? first : filled(i))))
const filled = (byte: number) => hash32(new Uint8Array(32).fill(byte))

const anyToken: fc.Arbitrary<TokenInfo> = fc.record({
  originNetwork: u32,
  originTokenAddress: anyAddress,
})

/** Any bridge exit. */
export const anyBridgeExit: fc.Arbitrary<BridgeExit> = fc.record({
  leafType: fc.constantFrom('transfer', 'message'),
  tokenInfo: anyToken,
  destNetwork: u32,
  destAddress: anyAddress,
  amount: u256,
  metadata: maybe(anyHash),
})

const anyMerkleProof: fc.Arbitrary<MerkleProof> = fc.record({ siblings: hashes(32), root: anyHash })

const anyL1Leaf: fc.Arbitrary<L1InfoTreeLeaf> = fc.record({
  l1InfoTreeIndex: u32,
  rer: anyHash,
  mer: anyHash,
  inner: fc.record({ globalExitRoot: anyHash, blockHash: anyHash, timestamp: u64 }),
})

const anyClaim: fc.Arbitrary<Claim> = fc.oneof(
  fc.record({
    type: fc.constant('mainnet' as const),
    proofLeafMer: anyMerkleProof,
    proofGerL1root: anyMerkleProof,
    l1Leaf: anyL1Leaf,
  }),
  fc.record({
    type: fc.constant('rollup' as const),
    proofLeafLer: anyMerkleProof,
    proofLerRer: anyMerkleProof,
    proofGerL1root: anyMerkleProof,
    l1Leaf: anyL1Leaf,
  }),
)

/** Any imported bridge exit. */
export const anyImportedBridgeExit: fc.Arbitrary<ImportedBridgeExit> = fc.record({
  bridgeExit: anyBridgeExit,
  claimData: anyClaim,
  globalIndex: fc.record({
    mainnetFlag: fc.boolean(),
    rollupIndex: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
    leafIndex: u32,
  }),
})

const anySignature: fc.Arbitrary<EcdsaSignature> = fc.record({
  r: u256,
  s: u256,
  oddYParity: fc.boolean(),
})

const anyPublicValues: fc.Arbitrary<AggchainProofPublicValues> = fc.record({
  prevLocalExitRoot: anyHash,
  newLocalExitRoot: anyHash,
  l1InfoRoot: anyHash,
  originNetwork: u32,
  commitImportedBridgeExits: anyHash,
  aggchainParams: anyHash,
})

const anyAggchainProof: fc.Arbitrary<AggchainProof> = fc.record({
  proof: fc.record({
    proof: fc.uint8Array({ maxLength: 40 }),
    vkey: fc.uint8Array({ maxLength: 40 }),
    version: fc.string({ unit: 'grapheme', maxLength: 8 }),
  }),
  aggchainParams: anyHash,
  publicValues: maybe(anyPublicValues),
})

/** At least one entry: the protobuf message cannot say that there is none. */
const anyMultisig: fc.Arbitrary<Multisig> = fc.array(maybe(anySignature), {
  minLength: 1,
  maxLength: 4,
})

const anyAggchainData: fc.Arbitrary<AggchainData> = fc.oneof(
  fc.record({ type: fc.constant('ecdsa' as const), signature: anySignature }),
  fc.record({
    type: fc.constant('generic' as const),
    aggchainProof: anyAggchainProof,
    signature: maybe(anySignature),
  }),
  fc.record({ type: fc.constant('multisigOnly' as const), multisig: anyMultisig }),
  fc.record({
    type: fc.constant('multisigAndAggchainProof' as const),
    multisig: anyMultisig,
    aggchainProof: anyAggchainProof,
  }),
)

/** Any certificate. */
export const anyCertificate: fc.Arbitrary<Certificate> = fc.record({
  networkId: u32,
  height: u64,
  prevLocalExitRoot: anyHash,
  newLocalExitRoot: anyHash,
  bridgeExits: few(anyBridgeExit),
  importedBridgeExits: few(anyImportedBridgeExit),
  metadata: anyHash,
  aggchainData: anyAggchainData,
  customChainData: fc.uint8Array({ maxLength: 8 }),
  l1InfoTreeLeafCount: maybe(u32),
})

/** Any state that a proof starts from. */
export const anyNetworkState: fc.Arbitrary<NetworkState> = fc.record({
  exitTree: fc.record({ leafCount: u32, frontier: hashes(32) }),
  balanceRoot: anyHash,
  nullifierRoot: anyHash,
})

const anyMultiSignature: fc.Arbitrary<MultiSignature> = fc.record({
  signatures: few(maybe(anySignature)),
  expectedSigners: few(anyAddress),
  threshold: u64,
})

const anyProofAggchainData: fc.Arbitrary<ProofAggchainData> = fc.oneof(
  fc.record({
    type: fc.constant('legacyEcdsa' as const),
    signer: anyAddress,
    signature: anySignature,
  }),
  fc.record({ type: fc.constant('multisigOnly' as const), multisig: anyMultiSignature }),
  fc.record({
    type: fc.constant('multisigAndAggchainProof' as const),
    multisig: anyMultiSignature,
    aggchainParams: anyHash,
    aggchainVkey: anyHash,
  }),
)

function inOrder(proofs: BalanceProof[]): BalanceProof[] {
  return proofs.toSorted(
    ({ tokenInfo: a }, { tokenInfo: b }) =>
      a.originNetwork - b.originNetwork || compareBytes(a.originTokenAddress, b.originTokenAddress),
  )
}

/** Any header, its balances in order. */
export const anyHeader: fc.Arbitrary<MultiBatchHeader> = fc.record({
  originNetwork: u32,
  height: u64,
  prevPessimisticRoot: anyHash,
  bridgeExits: few(anyBridgeExit),
  importedBridgeExits: few(
    fc.record({
      importedBridgeExit: anyImportedBridgeExit,
      nullifierPath: fc.integer({ min: 0, max: 64 }).chain(hashes),
    }),
  ),
  l1InfoRoot: anyHash,
  balancesProofs: fc
    .uniqueArray(fc.record({ tokenInfo: anyToken, balance: u256, path: hashes(192) }), {
      maxLength: 2,
      selector: ({ tokenInfo }) => String(tokenInfo.originTokenAddress),
    })
    .map(inOrder),
  aggchainData: anyProofAggchainData,
  certificateId: anyHash,
})
