import { ZkStackError } from '@zkstack/concurrency'
import { bytesEqual, toHex, type Hash32 } from '@zkstack/crypto'
import type { EventChange, EventSink, LogFilter } from '@zkstack/l1'
import {
  globalExitRoot,
  hashL1InfoTreeLeaf,
  LocalExitTreeData,
  ZERO_HASH,
  type Address,
  type BridgeExit,
  type GlobalIndex,
  type L1InfoTreeLeaf,
  type MerkleProof,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import type { ContractAddresses } from '../contracts/contract-addresses.js'
import { bridgeSelectors, decodeBridgeLog, type BridgeLog } from './bridge-logs.js'
import type { ClaimedExit } from './exit-source.js'
import { RollupRoots } from './rollup-roots.js'

/** Where the contracts are that clients watch. */
export interface BridgeAddresses extends ContractAddresses {
  readonly bridge: Address
}

/** A leaf of the L1 info tree, and how many deposits its mainnet exit root has. */
interface InfoLeaf {
  readonly leaf: L1InfoTreeLeaf
  readonly deposits: number
}

interface Placed {
  readonly blockNumber: bigint
  readonly log: BridgeLog
}

/**
 * L1's trees, followed by their events: the mainnet exit tree, the rollup exit tree at its newest roots, and the L1 info tree. Kept
 * in memory and read anew at each start.
 */
export class L1BridgeIndex implements EventSink {
  #logs: Placed[] = []
  #cursor: Uint8Array | undefined
  #trees = new Trees()
  #counted: CountedLeaves | undefined

  /** The events to read. */
  static filter({ globalExitRootManager, rollupManager, bridge }: BridgeAddresses): LogFilter {
    return { addresses: [globalExitRootManager, rollupManager, bridge], topics: [bridgeSelectors] }
  }

  /** Leaves of the L1 info tree. */
  get leafCount(): number {
    return this.#trees.info.leafCount
  }

  /** Deposits on L1, in their order. */
  get deposits(): readonly BridgeExit[] {
    return this.#trees.deposits
  }

  async cursor(): Promise<Uint8Array | undefined> {
    return this.#cursor
  }

  /** @throws ZkStackError `L1_INFO_TREE_MISMATCH` when L1's events contradict each other */
  async apply(change: EventChange, cursor: Uint8Array): Promise<void> {
    if (change.type === 'events') {
      const placed = change.events.map((event) => ({
        blockNumber: event.blockNumber,
        log: decodeBridgeLog(event),
      }))
      try {
        for (const { log } of placed) this.#trees.add(log)
      } catch (e) {
        // The next run reads them again, from where this one had come.
        this.#growAnew()
        throw e
      }
      for (const one of placed) this.#logs.push(one)
    } else if (change.type === 'rollback') {
      this.#logs = this.#logs.filter(({ blockNumber }) => blockNumber < change.fromBlock)
      this.#growAnew()
    }
    this.#cursor = cursor
  }

  #growAnew(): void {
    this.#trees = new Trees()
    for (const { log } of this.#logs) this.#trees.add(log)
  }

  /** The first leaf of the L1 info tree with these exit roots. */
  infoLeaf(mer: Hash32, rer: Hash32): L1InfoTreeLeaf | undefined {
    return this.#trees.infoLeaves.get(toHex(globalExitRoot(mer, rer)))?.leaf
  }

  /** Proves a leaf of the L1 info tree in the tree that had so many leaves. */
  infoProof(index: number, leafCount: number): MerkleProof | undefined {
    const proof = this.#trees.info.proof(index, leafCount)
    return proof.ok ? proof.value : undefined
  }

  /** What claims a deposit of L1; `undefined` until it is under a global exit root. */
  claimOfDeposit(index: number): ClaimedExit | undefined {
    const { newest, mainnet, deposits } = this.#trees
    const bridgeExit = deposits[index]
    if (newest === undefined || bridgeExit === undefined) return undefined
    const proof = mainnet.proof(index, newest.deposits)
    if (!proof.ok) return undefined
    return {
      bridgeExit,
      globalIndex: { mainnetFlag: true, rollupIndex: 0, leafIndex: index },
      smtProofLocalExitRoot: proof.value.siblings,
      smtProofRollupExitRoot: new Array<Hash32>(32).fill(ZERO_HASH),
      mainnetExitRoot: newest.leaf.mer,
      rollupExitRoot: newest.leaf.rer,
    }
  }

  /**
   * What claims an exit of a rollup, whose local exit tree is given; `undefined` until it is under a global exit root.
   */
  claimOfExit(
    networkId: NetworkId,
    exits: LocalExitTreeData,
    { bridgeExit, leafIndex }: { readonly bridgeExit: BridgeExit; readonly leafIndex: number },
  ): ClaimedExit | undefined {
    const { newest, rollups } = this.#trees
    const leaves = newest && rollups.at(newest.leaf.rer)
    const settled = leaves?.localExitRoots.get(networkId)
    if (newest === undefined || leaves === undefined || settled === undefined) return undefined
    const leafCount = this.#leafCountOf(exits, settled)
    if (leafCount === undefined || leafIndex >= leafCount) return undefined
    const globalIndex: GlobalIndex = { mainnetFlag: false, rollupIndex: networkId - 1, leafIndex }
    const local = exits.proof(leafIndex, leafCount)
    const rollup = leaves.tree.proof(globalIndex.rollupIndex)
    if (!local.ok || !rollup.ok) return undefined
    return {
      bridgeExit,
      globalIndex,
      smtProofLocalExitRoot: local.value.siblings,
      smtProofRollupExitRoot: rollup.value.siblings,
      mainnetExitRoot: newest.leaf.mer,
      rollupExitRoot: newest.leaf.rer,
    }
  }

  /** Looks once through all the roots that a tree had, for all its exits together; later only through those that came since. */
  #leafCountOf(exits: LocalExitTreeData, root: Hash32): number | undefined {
    const known = this.#counted
    const isSame = known?.exits === exits && bytesEqual(known.root, root)
    if (isSame && known.leafCount !== undefined) return known.leafCount
    const leafCount = leafCountOf(exits, root, isSame ? known.lookedTo + 1 : 0)
    this.#counted = { exits, root, lookedTo: exits.leafCount, leafCount }
    return leafCount
  }
}

/** How many leaves a tree had when it had a root, by what was looked through. */
interface CountedLeaves {
  readonly exits: LocalExitTreeData
  readonly root: Hash32
  readonly lookedTo: number
  readonly leafCount: number | undefined
}

/** How many leaves a local exit tree had when it had this root; the newest count that fits. */
export function leafCountOf(exits: LocalExitTreeData, root: Hash32, from = 0): number | undefined {
  for (let count = exits.leafCount; count >= from; count--) {
    const at = exits.rootAt(count)
    if (at.ok && bytesEqual(at.value, root)) return count
  }
  return undefined
}

/** The trees of one branch of L1. */
class Trees {
  readonly mainnet = new LocalExitTreeData()
  readonly deposits: BridgeExit[] = []
  readonly info = new LocalExitTreeData()
  /** By global exit root. */
  readonly infoLeaves = new Map<string, InfoLeaf>()
  newest: InfoLeaf | undefined
  readonly rollups = new RollupRoots()
  #exitRoots: { readonly mer: Hash32; readonly rer: Hash32 } | undefined

  add(log: BridgeLog): void {
    switch (log.type) {
      case 'deposit':
        this.mainnet.append(log.leaf)
        this.deposits.push(log.exit)
        return
      case 'exitRoots':
        this.#exitRoots = log
        return
      case 'infoLeaf':
        this.#addInfoLeaf(log)
        return
      case 'localExitRoot':
        this.rollups.settle(log.networkId, log.root)
    }
  }

  #addInfoLeaf(log: Extract<BridgeLog, { type: 'infoLeaf' }>): void {
    const roots = this.#exitRoots
    if (roots === undefined) throw mismatch('a leaf of the L1 info tree without exit roots')
    const { blockHash, timestamp } = log
    const key = globalExitRoot(roots.mer, roots.rer)
    const leaf: L1InfoTreeLeaf = {
      l1InfoTreeIndex: this.info.leafCount,
      mer: roots.mer,
      rer: roots.rer,
      inner: { globalExitRoot: key, blockHash, timestamp },
    }
    this.info.append(hashL1InfoTreeLeaf(leaf))
    if (this.info.leafCount !== log.leafCount || !bytesEqual(this.info.root, log.root))
      throw mismatch(`the L1 info tree is another with ${log.leafCount} leaves`)
    const deposits = leafCountOf(this.mainnet, roots.mer) ?? 0
    this.newest = { leaf, deposits }
    if (!this.infoLeaves.has(toHex(key))) this.infoLeaves.set(toHex(key), this.newest)
  }
}

function mismatch(message: string): ZkStackError {
  return new ZkStackError('L1_INFO_TREE_MISMATCH', message)
}
