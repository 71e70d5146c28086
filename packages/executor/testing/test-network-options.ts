import type { SignatureWorkers } from '@zkstack/crypto'
import type { Clock, Logger, MetricsSink, Tracer } from '@zkstack/concurrency'
import type { ExecutionLayer, Mempool, NodeStore, ValidatorSource } from '@zkstack/storage'
import type { Limits } from '../src/options/node-options.js'

/** An epoch of a test network. */
export interface PlannedEpoch {
  readonly firstBlock: bigint
  /** Weights of its validators, by their index. */
  readonly weights: ReadonlyMap<number, bigint>
}

/** What a test network is made of; everything has a default. */
export interface TestNetworkOptions {
  /** In memory, or TCP on 127.0.0.1 with free ports. Default `memory`. */
  readonly transport?: 'memory' | 'tcp'
  /** In memory, or LevelDB in a temporary folder that is removed at the end. Default `memory`. */
  readonly store?: 'memory' | 'level'
  /** Where LevelDB keeps its data; the folder is not removed. Default: a temporary one, which is. */
  readonly folder?: string
  /** Id of the signature scheme: 0 = BLS min-sig, 1 = BLS min-pk, 2 = Ed25519. Default 2, the fastest. */
  readonly scheme?: number
  readonly firstBlock?: bigint
  /** By index. Default: 1 each. */
  readonly weights?: readonly bigint[]
  /**
   * Committees that change, by ascending first block, that of the first being `firstBlock` of the network; then the genesis
   * names none. Default: all validators, for ever.
   */
  readonly epochs?: readonly PlannedEpoch[]
  /** How many blocks before its first one a committee is announced. Default 5. */
  readonly announcedBlocks?: bigint
  /** Changes what a node is told of the committees; for instance to make it wrong. */
  readonly wrapValidators?: (source: ValidatorSource, index: number) => ValidatorSource
  /** Makes the execution layer of a node, for its first start. Default: a `CounterChain`. */
  readonly execution?: (index: number) => ExecutionLayer
  readonly mempool?: (index: number) => Mempool
  readonly logger?: (index: number) => Logger
  readonly metrics?: (index: number) => MetricsSink
  readonly tracer?: (index: number) => Tracer
  /** Changes the store of a node, once for each start; for instance to make it fail. */
  readonly wrapStore?: (store: NodeStore, index: number) => NodeStore
  readonly limits?: Partial<Limits>
  /** Threads for all nodes together. Default: none. */
  readonly signatureWorkers?: SignatureWorkers
  /** Default 1 000. */
  readonly viewTimeoutMs?: number
  /** Makes keys; equal seeds give equal keys. Default: one seed for all. */
  readonly seed?: string
  readonly clock?: Clock
  /** Whether the validators are started at once. Default true. */
  readonly start?: boolean
}
