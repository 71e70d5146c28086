import { compareBytes, hash32, type Hash32 } from '@zkstack/crypto'
import type { TokenInfo } from '../../types/bridge-exit.js'
import type {
  BalanceProof,
  ImportedBridgeExitWitness,
  MultiBatchHeader,
  MultiSignature,
  ProofAggchainData,
} from '../../types/multi-batch-header.js'
import type { ExitTreeFrontier, NetworkState } from '../../types/network-state.js'
import type { PessimisticProofOutput } from '../../types/pessimistic-proof-output.js'
import { CodecFailure } from '../codec-error.js'
import type { Bincode } from './bincode.js'
import { bridgeExit, ecdsaSignature, importedBridgeExit, tokenInfo } from './bridge-layouts.js'
import { array, list, mapped, option, struct, tagged, type Untagged } from './compounds.js'
import { addressBytes, hash, u256, u32, u64 } from './elements.js'

/** 1 092 bytes: the first input of the program. */
export const networkState: Bincode<NetworkState> = struct<NetworkState>({
  exitTree: struct<ExitTreeFrontier>({ leafCount: u32, frontier: array(hash, 32) }),
  balanceRoot: hash,
  nullifierRoot: hash,
})

const importedWitness = struct<ImportedBridgeExitWitness>({
  importedBridgeExit,
  nullifierPath: list(hash),
})

/** 6 216 bytes. */
const balanceProof = struct<BalanceProof>({
  tokenInfo,
  balance: u256,
  path: array(hash, 192),
})

function compareTokens(a: TokenInfo, b: TokenInfo): number {
  return (
    a.originNetwork - b.originNetwork || compareBytes(a.originTokenAddress, b.originTokenAddress)
  )
}

/** The index of the first entry that is not above the one before it; -1 if all ascend. */
function firstUnsorted(proofs: readonly BalanceProof[]): number {
  return proofs.findIndex((proof, index) => {
    const before = proofs[index - 1]
    return before !== undefined && compareTokens(before.tokenInfo, proof.tokenInfo) >= 0
  })
}

const proofsByToken: Bincode<readonly BalanceProof[]> = mapped(
  list(balanceProof),
  (proofs) => {
    if (firstUnsorted(proofs) < 0) return proofs
    throw new RangeError('balancesProofs: expected tokens in ascending order, each once')
  },
  (proofs) => {
    const index = firstUnsorted(proofs)
    if (index < 0) return proofs
    throw new CodecFailure('UNSORTED', 'tokens do not ascend').inside(index)
  },
)

const multiSignature = struct<MultiSignature>({
  signatures: list(option(ecdsaSignature)),
  expectedSigners: list(addressBytes),
  threshold: u64,
})

/** A verifying key as eight words, each in the codec's byte order. */
const vkeyWords: Bincode<Hash32> = mapped(
  array(u32, 8),
  (vkey) => {
    const view = new DataView(vkey.buffer, vkey.byteOffset)
    return Array.from({ length: 8 }, (_, word) => view.getUint32(4 * word))
  },
  (words) => {
    const bytes = new Uint8Array(32)
    const view = new DataView(bytes.buffer)
    words.forEach((word, index) => view.setUint32(4 * index, word))
    return hash32(bytes)
  },
)

const aggchainData = tagged<ProofAggchainData>({
  legacyEcdsa: struct<Untagged<ProofAggchainData, 'legacyEcdsa'>>({
    signer: addressBytes,
    signature: ecdsaSignature,
  }),
  multisigOnly: struct<Untagged<ProofAggchainData, 'multisigOnly'>>({ multisig: multiSignature }),
  multisigAndAggchainProof: struct<Untagged<ProofAggchainData, 'multisigAndAggchainProof'>>({
    multisig: multiSignature,
    aggchainParams: hash,
    aggchainVkey: vkeyWords,
  }),
})

/** The second input of the program. */
export const multiBatchHeader: Bincode<MultiBatchHeader> = struct<MultiBatchHeader>({
  originNetwork: u32,
  height: u64,
  prevPessimisticRoot: hash,
  bridgeExits: list(bridgeExit),
  importedBridgeExits: list(importedWitness),
  l1InfoRoot: hash,
  balancesProofs: proofsByToken,
  aggchainData,
  certificateId: hash,
})

/** 196 bytes: the public values. */
export const pessimisticProofOutput: Bincode<PessimisticProofOutput> =
  struct<PessimisticProofOutput>({
    prevLocalExitRoot: hash,
    prevPessimisticRoot: hash,
    l1InfoRoot: hash,
    originNetwork: u32,
    aggchainHash: hash,
    newLocalExitRoot: hash,
    newPessimisticRoot: hash,
  })
