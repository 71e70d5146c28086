import type { Clock, Logger, MetricsSink, Random, Tracer } from '@zkstack/concurrency'
import type { SignatureWorkers } from '@zkstack/crypto'
import type { NetworkLimits, NetworkTransport, PeersInit } from '@zkstack/network'
import type { Genesis, NodeSecretKey, ValidatorSecretKey } from '@zkstack/roles'
import type {
  BlockSource,
  ExecutionLayer,
  Mempool,
  NodeStore,
  ValidatorSource,
} from '@zkstack/storage'
import type { RecordingOptions } from '../recording/open-recording.js'
import type { Retention } from '../retention/retention.js'
import type { Signer } from '../signer.js'

/**
 * What {@link createNode} takes. Everything is checked before anything starts; a wrong option is one
 * {@link NodeOptionError} that names its path and what to do. Unknown fields are refused.
 */
export interface NodeOptions {
  /** The chain: identity, committee and signature scheme. @see parseGenesis */
  readonly genesis: Genesis
  /** Who the node is to its peers. @see parseNodeKey */
  readonly nodeKey: NodeSecretKey
  /**
   * Who the node is to the committee; or a {@link Signer}, when the key lives elsewhere. Absent, or not in the
   * schedule: the node follows the chain, and votes in the epochs of whose committee it is.
   */
  readonly validatorKey?: ValidatorSecretKey | Signer
  /** The chain's own logic: builds, judges and applies payloads. */
  readonly execution: ExecutionLayer
  /** Blocks and votes on disk; stays open when the node stops, its owner closes it. @see levelStore */
  readonly store: NodeStore
  /** `host:port` to listen on; port 0 takes a free one. */
  readonly listen: string
  /** `host:port` under which peers reach this node; a validator announces it, so that other validators dial it. */
  readonly publicAddr?: string
  readonly peers?: PeersInit
  /** Takes transactions; absent: `submit` refuses and transactions of peers are dropped. */
  readonly mempool?: Mempool
  /** Committees that change at run time, for a genesis that names none. Absent: the committee of the genesis, for ever. */
  readonly validators?: ValidatorSource
  /** Blocks from elsewhere when no peer has them; they are verified like those of peers. */
  readonly fallback?: BlockSource
  /**
   * Which blocks to keep: the newest `blocks`, or those of the last `ageMs` milliseconds. Older ones are pruned once they are
   * committed. Needs `execution.lastCommitted`. Default: all.
   */
  readonly retention?: Retention
  /** What to do when the store belongs to another genesis of the same chain. Default `refuse`. */
  readonly onGenesisChange?: 'refuse' | 'reset'
  readonly limits?: Partial<Limits>
  /**
   * Threads that check signatures for several nodes of one process, in place of `limits.workers`. They stay open when a node stops,
   * their owner ends them.
   */
  readonly signatureWorkers?: SignatureWorkers
  readonly timing?: Timing
  /** Told to peers, for people; for instance a version. */
  readonly buildVersion?: string
  /** Default: silent. */
  readonly logger?: Logger
  /** Default: none kept. */
  readonly metrics?: MetricsSink
  /**
   * Gets a span for each view of the replica, with children for what it waited for; one of `@opentelemetry/api`, or anything like it.
   * Default: nothing is traced.
   */
  readonly tracer?: Tracer
  /**
   * Keeps every input of the replica, the newest ones, to be played again after an incident; nothing on a full node. Default:
   * nothing is kept. @see replayRecording
   */
  readonly recording?: RecordingOptions
  /** Default: libp2p over TCP. */
  readonly transport?: NetworkTransport
  readonly clock?: Clock
  readonly random?: Random
  /** Stops the node when aborted, as `stop()` does. */
  readonly signal?: AbortSignal
}

/** Bounds on what the node holds and accepts. */
export interface Limits {
  /** Largest payload of a block, in bytes; equal on all nodes of a chain. Default 2 500 000. */
  readonly maxPayloadBytes: number
  /**
   * Largest committee that messages are made for, where the genesis names none; equal on all nodes of a chain. Default 100.
   */
  readonly maxValidators: number
  /** Largest transaction that `submit` and peers may bring, in bytes. Default 100 000. */
  readonly maxTransactionBytes: number
  /** Blocks that wait to be written, at most. Default 128. */
  readonly maxQueuedBlocks: number
  /**
   * Threads that check signatures beside the main one; they start when there is work for them. 0: none. Default: one less than
   * there are cores, 4 at most.
   */
  readonly workers: number
  /** Finer bounds of the network. */
  readonly network: Partial<
    Omit<NetworkLimits, 'frames' | 'maxPayloadBytes' | 'maxTransactionBytes'>
  >
}

/** Times of the protocol, in milliseconds. */
export interface Timing {
  /** How long a view may last before the replica votes to end it. Default 2 000. */
  readonly viewTimeoutMs?: number
  /** How often peers are asked for a sign of life. Default 10 000. */
  readonly pingMs?: number
}
