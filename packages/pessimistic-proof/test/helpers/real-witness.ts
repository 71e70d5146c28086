import {
  ZERO_HASH,
  type BridgeExit,
  type ImportedBridgeExit,
  type MerkleProof,
  type MultiBatchHeader,
  type NetworkState,
  type TokenInfo,
} from '../../src/index.js'
import { addressOf, hashOf } from './hex.js'
import { loadVector } from './load-vector.js'

interface JsonToken {
  readonly origin_network: number
  readonly origin_token_address: string
}

interface JsonProof {
  readonly proof: { readonly siblings: readonly string[] }
  readonly root: string
}

interface JsonImport {
  readonly bridge_exit: {
    readonly token_info: JsonToken
    readonly dest_network: number
    readonly dest_address: string
    readonly amount: string
    readonly metadata: string
  }
  readonly claim_data: {
    readonly Mainnet: {
      readonly proof_leaf_mer: JsonProof
      readonly proof_ger_l1root: JsonProof
      readonly l1_leaf: {
        readonly l1_info_tree_index: number
        readonly rer: string
        readonly mer: string
        readonly inner: {
          readonly global_exit_root: string
          readonly block_hash: string
          readonly timestamp: number
        }
      }
    }
  }
  readonly global_index: {
    readonly mainnet_flag: boolean
    readonly rollup_index: number
    readonly leaf_index: number
  }
  readonly nullifier_path: readonly string[]
}

interface JsonWitness {
  readonly state: {
    readonly leaf_count: number
    readonly frontier: readonly string[]
    readonly balance_root: string
    readonly nullifier_root: string
  }
  readonly header: {
    readonly origin_network: number
    readonly imported_bridge_exits: readonly JsonImport[]
    readonly l1_info_root: string
    readonly balances_proofs: readonly {
      readonly token: JsonToken
      readonly balance: string
      readonly siblings: readonly string[]
    }[]
    readonly signer: string
    readonly signature: { readonly r: string; readonly s: string; readonly odd_y_parity: boolean }
  }
  readonly expected: {
    readonly new_ler: string
    readonly balance_root: string
    readonly nullifier_root: string
    readonly new_pp_root_v2: string
    readonly imported_exits_commitment_v2: string
    readonly proven_public_values: string
  }
}

const vector = JSON.parse(loadVector('real-witness-v3.json')) as JsonWitness

/** What the proof of the witness proves, and the roots that lead there. */
export const realWitnessExpected = vector.expected

/** The state that the witness starts from. */
export const realWitnessState: NetworkState = {
  exitTree: {
    leafCount: vector.state.leaf_count,
    frontier: vector.state.frontier.map(hashOf),
  },
  balanceRoot: hashOf(vector.state.balance_root),
  nullifierRoot: hashOf(vector.state.nullifier_root),
}

/** The witness of a real proof of 2024. */
export const realWitnessHeader: MultiBatchHeader = {
  originNetwork: vector.header.origin_network,
  height: 0n,
  prevPessimisticRoot: ZERO_HASH,
  bridgeExits: [],
  importedBridgeExits: vector.header.imported_bridge_exits.map((item) => ({
    importedBridgeExit: importedExit(item),
    nullifierPath: item.nullifier_path.map(hashOf),
  })),
  l1InfoRoot: hashOf(vector.header.l1_info_root),
  balancesProofs: vector.header.balances_proofs.map(({ token, balance, siblings }) => ({
    tokenInfo: tokenOf(token),
    balance: BigInt(balance),
    path: siblings.map(hashOf),
  })),
  aggchainData: {
    type: 'legacyEcdsa',
    signer: addressOf(vector.header.signer),
    signature: {
      r: BigInt(vector.header.signature.r),
      s: BigInt(vector.header.signature.s),
      oddYParity: vector.header.signature.odd_y_parity,
    },
  },
  certificateId: ZERO_HASH,
}

function importedExit({ bridge_exit, claim_data, global_index }: JsonImport): ImportedBridgeExit {
  const { proof_leaf_mer, proof_ger_l1root, l1_leaf } = claim_data.Mainnet
  return {
    bridgeExit: exitOf(bridge_exit),
    claimData: {
      type: 'mainnet',
      proofLeafMer: proofOf(proof_leaf_mer),
      proofGerL1root: proofOf(proof_ger_l1root),
      l1Leaf: {
        l1InfoTreeIndex: l1_leaf.l1_info_tree_index,
        rer: hashOf(l1_leaf.rer),
        mer: hashOf(l1_leaf.mer),
        inner: {
          globalExitRoot: hashOf(l1_leaf.inner.global_exit_root),
          blockHash: hashOf(l1_leaf.inner.block_hash),
          timestamp: BigInt(l1_leaf.inner.timestamp),
        },
      },
    },
    globalIndex: {
      mainnetFlag: global_index.mainnet_flag,
      rollupIndex: global_index.rollup_index,
      leafIndex: global_index.leaf_index,
    },
  }
}

function exitOf(exit: JsonImport['bridge_exit']): BridgeExit {
  return {
    leafType: 'transfer',
    tokenInfo: tokenOf(exit.token_info),
    destNetwork: exit.dest_network,
    destAddress: addressOf(exit.dest_address),
    amount: BigInt(exit.amount),
    metadata: hashOf(exit.metadata),
  }
}

function tokenOf(token: JsonToken): TokenInfo {
  return {
    originNetwork: token.origin_network,
    originTokenAddress: addressOf(token.origin_token_address),
  }
}

function proofOf({ proof, root }: JsonProof): MerkleProof {
  return { siblings: proof.siblings.map(hashOf), root: hashOf(root) }
}
