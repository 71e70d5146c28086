import type { ActorKind, ActorPayloads } from '@zkstack/bft/testing'
import type { SignatureScheme } from '@zkstack/crypto'
import type { ExecutionLayer, NodeStore, ValidatorSource } from '@zkstack/storage'
import type { PlannedEpoch } from '../test-network-options.js'
import type { Rotation } from './draw-rotation.js'
import type { Fault } from './fault.js'
import type { SimulationViolation } from './invariant-checker.js'
import type { LatencyMatrix, LatencyPreset } from './latency.js'
import type { SimulationEvent } from './simulation-log.js'

/** What {@link simulate} runs; everything but the seed has a default. */
export interface SimulationOptions {
  /** Equal options and seeds give equal runs, to the byte. */
  readonly seed: string | number
  /** Number of validators, or their weights. Default 6, the fewest that tolerate a fault. */
  readonly validators?: number | readonly bigint[]
  /**
   * Committees that change: drawn from the validators, none with more weight of `actors` than it tolerates; or those given, by
   * ascending first block, that of the first being `firstBlock`. Default: all validators, for ever.
   */
  readonly rotation?: Rotation | readonly PlannedEpoch[]
  /** Changes what a node is told of the committees; for instance to make it wrong. */
  readonly wrapValidators?: (source: ValidatorSource, node: number) => ValidatorSource
  /** Nodes that follow and never vote. Default 0. */
  readonly fullNodes?: number
  /** Default 0. */
  readonly firstBlock?: bigint
  /** The run ends when every node has committed so many blocks after the last fault. Default 5. */
  readonly blocks?: number
  /** Blocks that must be there before the run may end, whatever the faults are. Default 0. */
  readonly minBlocks?: number
  /** Default 1 000. */
  readonly viewTimeoutMs?: number
  /** One-way delays between the nodes, by name or by place. Default: one of the names, drawn from the seed. */
  readonly latency?: LatencyPreset | LatencyMatrix
  /** How long a write to a healthy disk takes, in milliseconds. Default 0.5. */
  readonly writeMs?: number
  /** How long a call of the execution layer takes, in milliseconds. Default: from 1 to 120, drawn from the seed. */
  readonly executionMs?: number
  /** What goes wrong. Default: drawn from the seed. */
  readonly faults?: readonly Fault[]
  /** Default: the stand-in, which is fast, aggregates like BLS and protects from nobody. */
  readonly scheme?: SignatureScheme
  /** Validators that do not follow the protocol in the epochs of which they are, by index. Default: none. */
  readonly actors?: ReadonlyMap<number, ActorKind>
  /** What faulty leaders propose; needed for those, with an execution layer of your own. */
  readonly payloads?: ActorPayloads
  /** Makes the execution layer of a node; it stays through all restarts. Default: a `CounterChain`. */
  readonly execution?: (node: number) => ExecutionLayer
  /** Changes the store of a node, at each start; for instance into one that breaks its promises. */
  readonly wrapStore?: (store: NodeStore, node: number) => NodeStore
  /** Whether `events` are kept. Default false. */
  readonly trace?: boolean
  /** The run is given up after so many virtual milliseconds. Default ten minutes. */
  readonly maxMs?: number
}

/** Figures of a run. */
export interface SimulationStats {
  /** Virtual milliseconds. */
  readonly virtualMs: number
  /** Events of the scheduler. */
  readonly events: number
  /** Consensus messages that reached a node. */
  readonly deliveries: number
  /** Writes to disk, by node. */
  readonly writes: readonly number[]
  /** Blocks committed, by node. */
  readonly blocks: readonly number[]
  /** The highest view in which a message was sent. */
  readonly views: bigint
  readonly restarts: number
}

/** What came out. */
export interface SimulationReport {
  readonly seed: string
  /** SHA-256 over everything that happened, in hex. */
  readonly digest: string
  /** Whether all invariants held. */
  readonly ok: boolean
  /** Those that did not, the first one first; the run ends with it. */
  readonly violations: readonly SimulationViolation[]
  /** What went wrong on purpose. */
  readonly faults: readonly Fault[]
  readonly stats: SimulationStats
  /** Everything that happened; empty unless a trace was wanted. */
  readonly events: readonly SimulationEvent[]
}
