import type { Hash32 } from '@zkstack/crypto'
import { hashBridgeExit } from '../src/hashes/bridge-exit-hash.js'
import { networkOfGlobalIndex } from '../src/hashes/global-index-hash.js'
import { generatePessimisticProof } from '../src/transition/generate-pessimistic-proof.js'
import { ZERO_HASH } from '../src/trees/empty-hashes.js'
import { LocalExitTreeData } from '../src/trees/local-exit-tree-data.js'
import type { BridgeExit } from '../src/types/bridge-exit.js'
import type { Certificate } from '../src/types/certificate.js'
import type { Claim, ImportedBridgeExit } from '../src/types/claim.js'
import type { GlobalIndex } from '../src/types/global-index.js'
import type { MultiBatchHeader } from '../src/types/multi-batch-header.js'
import { MAINNET, type NetworkId } from '../src/types/network-id.js'
import type { PessimisticProofOutput } from '../src/types/pessimistic-proof-output.js'
import { applyCertificate } from '../src/witness/apply-certificate.js'
import type { L1Context } from '../src/witness/l1-context.js'
import {
  EMPTY_LOCAL_NETWORK_STATE,
  networkStateOf,
  type LocalNetworkState,
} from '../src/witness/local-network-state.js'
import { aggchainContext, signCertificate, type Authentication } from './authentication.js'
import { TestL1, unwrap } from './test-l1.js'

/** A rollup of a test bridge, between two certificates. */
export interface TestNetwork {
  readonly networkId: NetworkId
  readonly authentication: Authentication
  readonly state: LocalNetworkState
  readonly height: bigint
  /** As L1 holds it: zero before the first settlement. */
  readonly prevPessimisticRoot: Hash32
  /** Left the network, and in no certificate yet. */
  readonly pendingExits: readonly BridgeExit[]
  /** Claimed on the network, and in no certificate yet. */
  readonly pendingClaims: readonly GlobalIndex[]
}

/** A certificate that is ready to settle, with what it is checked against. */
export interface Submission {
  readonly state: LocalNetworkState
  readonly certificate: Certificate
  readonly l1: L1Context
}

/**
 * L1 and some rollups with their bridges: exits and claims are queued, certified and settled, and every proof is a real one.
 * Deterministic: equal calls make equal certificates.
 */
export class TestBridge {
  readonly l1 = new TestL1()
  readonly #networks = new Map<NetworkId, TestNetwork>()
  /** Settled exits by network, those of mainnet included. */
  readonly #settled = new Map<NetworkId, BridgeExit[]>([[MAINNET, []]])
  readonly #trees = new Map<NetworkId, LocalExitTreeData>([[MAINNET, this.l1.exits]])

  /** Adds a rollup that never settled, or one that starts from a state without exits. */
  addNetwork(
    networkId: NetworkId,
    authentication: Authentication,
    o: { readonly state?: LocalNetworkState; readonly prevPessimisticRoot?: Hash32 } = {},
  ): void {
    this.#networks.set(networkId, {
      networkId,
      authentication,
      state: o.state ?? EMPTY_LOCAL_NETWORK_STATE,
      height: 0n,
      prevPessimisticRoot: o.prevPessimisticRoot ?? ZERO_HASH,
      pendingExits: [],
      pendingClaims: [],
    })
    this.#settled.set(networkId, [])
    this.#trees.set(networkId, new LocalExitTreeData())
  }

  /** Makes a rollup vouch for its certificates in another way from now on. */
  changeAuthentication(networkId: NetworkId, authentication: Authentication): void {
    this.#networks.set(networkId, { ...this.network(networkId), authentication })
  }

  /** A rollup by its id. */
  network(networkId: NetworkId): TestNetwork {
    return known(this.#networks.get(networkId), networkId)
  }

  /** Makes an exit from L1, at once, or from a rollup, with its next certificate, and gives its global index. */
  exit(from: NetworkId, exit: BridgeExit): GlobalIndex {
    if (from === MAINNET) {
      const leafIndex = unwrap(this.l1.exits.append(hashBridgeExit(exit)))
      this.#exitsOf(MAINNET).push(exit)
      return { mainnetFlag: true, rollupIndex: 0, leafIndex }
    }
    const network = this.network(from)
    const leafIndex = this.#exitsOf(from).length + network.pendingExits.length
    this.#networks.set(from, { ...network, pendingExits: [...network.pendingExits, exit] })
    return { mainnetFlag: false, rollupIndex: from - 1, leafIndex }
  }

  /** Claims an exit, which must be settled by the time of the certificate, on the rollup that it went to. */
  claim(on: NetworkId, index: GlobalIndex): void {
    const network = this.network(on)
    this.#networks.set(on, { ...network, pendingClaims: [...network.pendingClaims, index] })
  }

  /** A certificate of everything that is pending on a rollup; nothing changes. */
  certify(networkId: NetworkId): Submission {
    const { state, height, authentication, ...network } = this.network(networkId)
    const importedBridgeExits = network.pendingClaims.map((index) => this.#import(index))
    const l1InfoRoot = importedBridgeExits.length === 0 ? ZERO_HASH : this.l1.infoRoot
    const certificate = signCertificate(
      {
        networkId,
        height,
        prevLocalExitRoot: state.exitTree.root,
        newLocalExitRoot: appended(state, network.pendingExits),
        bridgeExits: network.pendingExits,
        importedBridgeExits,
        metadata: ZERO_HASH,
        customChainData: new Uint8Array(0),
        l1InfoTreeLeafCount: undefined,
      },
      authentication,
    )
    const aggchain = aggchainContext(authentication)
    const { prevPessimisticRoot } = network
    return { state, certificate, l1: { prevPessimisticRoot, l1InfoRoot, aggchain } }
  }

  /**
   * Certifies and settles everything that is pending on a rollup.
   * @throws Error when the certificate is refused.
   */
  settle(networkId: NetworkId): Submission & {
    readonly header: MultiBatchHeader
    readonly output: PessimisticProofOutput
  } {
    const submission = this.certify(networkId)
    const { state, certificate, l1 } = submission
    const { header, next } = unwrap(applyCertificate(state, certificate, l1))
    const output = unwrap(generatePessimisticProof(networkStateOf(state), header))
    const network = this.network(networkId)
    for (const exit of network.pendingExits) {
      unwrap(this.#treeOf(networkId).append(hashBridgeExit(exit)))
      this.#exitsOf(networkId).push(exit)
    }
    this.#networks.set(networkId, {
      ...network,
      state: next,
      height: network.height + 1n,
      prevPessimisticRoot: output.newPessimisticRoot,
      pendingExits: [],
      pendingClaims: [],
    })
    this.l1.settle(networkId - 1, next.exitTree.root)
    return { ...submission, header, output }
  }

  #import(globalIndex: GlobalIndex): ImportedBridgeExit {
    const network = networkOfGlobalIndex(globalIndex)
    const { leafIndex } = globalIndex
    const bridgeExit = known(this.#exitsOf(network)[leafIndex], leafIndex)
    const l1Leaf = this.l1.currentLeaf()
    const proofGerL1root = this.l1.infoProof(l1Leaf)
    const fromLeaf = unwrap(this.#treeOf(network).proof(leafIndex))
    const claimData: Claim =
      network === MAINNET
        ? { type: 'mainnet', proofLeafMer: fromLeaf, proofGerL1root, l1Leaf }
        : {
            type: 'rollup',
            proofLeafLer: fromLeaf,
            proofLerRer: this.l1.rollupProof(globalIndex.rollupIndex),
            proofGerL1root,
            l1Leaf,
          }
    return { bridgeExit, claimData, globalIndex }
  }

  #exitsOf(network: NetworkId): BridgeExit[] {
    return known(this.#settled.get(network), network)
  }

  #treeOf(network: NetworkId): LocalExitTreeData {
    return known(this.#trees.get(network), network)
  }
}

function appended({ exitTree }: LocalNetworkState, exits: readonly BridgeExit[]): Hash32 {
  return exits.reduce((tree, exit) => unwrap(tree.append(hashBridgeExit(exit))), exitTree).root
}

function known<T>(value: T | undefined, name: number): T {
  if (value === undefined) throw new RangeError(`not known to the test bridge: ${name}`)
  return value
}
