import type { BridgeExit, TokenInfo } from '../../types/bridge-exit.js'
import type {
  Claim,
  ClaimFromMainnet,
  ClaimFromRollup,
  ImportedBridgeExit,
  L1InfoTreeLeaf,
  L1InfoTreeLeafInner,
  MerkleProof,
} from '../../types/claim.js'
import { CodecFailure } from '../codec-error.js'
import {
  mapped,
  message,
  oneof,
  optional,
  repeated,
  required,
  type Field,
  type Message,
} from './message.js'
import { addressBytes, globalIndex, hash, leafType, u256, uint32, uint64 } from './scalars.js'

/** `BridgeExit` */
export const bridgeExit: Message<BridgeExit> = message<BridgeExit>({
  leafType: leafType(1),
  tokenInfo: required(
    2,
    message<TokenInfo>({ originNetwork: uint32(1), originTokenAddress: required(2, addressBytes) }),
  ),
  destNetwork: uint32(3),
  destAddress: required(4, addressBytes),
  amount: required(5, u256),
  metadata: optional(6, hash),
})

const siblings: Field<MerkleProof['siblings']> = {
  ...repeated(2, hash),
  read(fields) {
    const found = repeated(2, hash).read(fields)
    if (found.length === 32) return found
    throw new CodecFailure('BAD_LENGTH', `expected 32 items, got ${found.length}`)
  },
}

const merkleProof = message<MerkleProof>({ root: required(1, hash), siblings })

const l1InfoTreeLeaf = message<L1InfoTreeLeaf>({
  l1InfoTreeIndex: uint32(1),
  rer: required(2, hash),
  mer: required(3, hash),
  inner: required(
    4,
    message<L1InfoTreeLeafInner>({
      globalExitRoot: required(1, hash),
      blockHash: required(2, hash),
      timestamp: uint64(3),
    }),
  ),
})

const claimFromMainnet = message<Omit<ClaimFromMainnet, 'type'>>({
  proofLeafMer: required(1, merkleProof),
  proofGerL1root: required(2, merkleProof),
  l1Leaf: required(3, l1InfoTreeLeaf),
})

const claimFromRollup = message<Omit<ClaimFromRollup, 'type'>>({
  proofLeafLer: required(1, merkleProof),
  proofLerRer: required(2, merkleProof),
  proofGerL1root: required(3, merkleProof),
  l1Leaf: required(4, l1InfoTreeLeaf),
})

const claim: Field<Claim> = oneof<Claim>({
  mainnet: required(
    3,
    mapped(
      claimFromMainnet,
      (claim: ClaimFromMainnet) => claim,
      (body) => ({ type: 'mainnet', ...body }),
    ),
  ),
  rollup: required(
    4,
    mapped(
      claimFromRollup,
      (claim: ClaimFromRollup) => claim,
      (body) => ({ type: 'rollup', ...body }),
    ),
  ),
})

/** `ImportedBridgeExit` */
export const importedBridgeExit: Message<ImportedBridgeExit> = message<ImportedBridgeExit>({
  bridgeExit: required(1, bridgeExit),
  globalIndex: required(2, globalIndex),
  claimData: claim,
})
