import type { ZkStackError } from '@zkstack/concurrency'
import type { InvariantCode, InvariantData, ReplicaSnapshot } from '@zkstack/bft'
import type {
  ConnectionDirection,
  FallbackStatus,
  GoodbyeCode,
  NetworkLimits,
  NetworkSnapshot,
  PeerInfo,
} from '@zkstack/network'
import type { Block, Evidence, FinalBlock, NodePublicKey } from '@zkstack/roles'
import type { CallOptions } from '@zkstack/storage'
import type { Plain } from './plain.js'
import type { RunningCall } from './running-calls.js'

/**
 * A running node.
 *
 * A block that `blocks`, `waitForBlock` or `block:finalized` shows is final, on disk and committed by the
 * execution layer, in this order.
 */
export interface ConsensusNode extends AsyncDisposable {
  /**
   * Resolves once the node listens and every stored block is committed; rejects with the fatal cause, or with
   * `NODE_STOPPED`.
   */
  readonly ready: Promise<void>
  /** Resolves after `stop`; rejects with the fatal cause. Nobody needs to listen: the cause is logged too. */
  readonly closed: Promise<void>
  readonly status: NodeStatus
  /** Addresses that the node listens on, `host:port`. */
  readonly addresses: readonly string[]
  /**
   * Blocks in order, without a gap: the history from `from` (default: the next block), then live ones; reads
   * the next one only when asked. Ends when the node stops or `signal` aborts; throws the fatal cause, or
   * `BLOCK_PRUNED` when the store no longer has the next block.
   */
  blocks(o?: { readonly from?: bigint; readonly signal?: AbortSignal }): AsyncIterable<Block>
  /** Resolves with block `number` once it is committed. @throws `NODE_STOPPED`, `BLOCK_PRUNED`, abort. */
  waitForBlock(number: bigint, o?: Partial<CallOptions>): Promise<Block>
  /**
   * Offers a transaction to the mempool, and an accepted one to the peers.
   * @throws `NO_MEMPOOL`, `TRANSACTION_TOO_LARGE`, `MEMPOOL_FAILED`, `NODE_STOPPED`.
   */
  submit(tx: Uint8Array, o?: Partial<CallOptions>): Promise<'accepted' | 'duplicate' | 'rejected'>
  /** Listens; returns the end of it. A listener that throws is reported as `warning` and harms nobody. */
  on<K extends keyof NodeEvents>(
    event: K,
    listener: (e: NodeEvents[K]) => void,
    o?: { readonly signal?: AbortSignal },
  ): () => void
  /** Everything one needs to see why a node does what it does: plain JSON, without secrets. */
  inspect(): NodeSnapshot
  /**
   * Leaves the committee and the network, gives the execution layer `drainMs` (default 5 000) to commit what is
   * on disk, then aborts it. Idempotent; never rejects; leaves nothing that keeps the process alive.
   */
  stop(o?: { readonly drainMs?: number }): Promise<void>
}

/** Whether the node votes. */
export type Role = 'validator' | 'full'

/**
 * What the node does: `recovering` (commits stored blocks), `syncing` (peers have blocks that it lacks),
 * `following` (a full node at the head), `validating` (a validator at the head), `stopping`, `stopped`,
 * `failed` (see `closed`).
 */
export type NodePhase =
  'recovering' | 'syncing' | 'following' | 'validating' | 'stopping' | 'stopped' | 'failed'

/** What a node is doing now. */
export interface NodeStatus {
  readonly phase: NodePhase
  readonly role: Role
  /** The replica's view; undefined on a full node. */
  readonly view: bigint | undefined
  readonly epoch: bigint
  /** The last block on disk; undefined before the first. */
  readonly head: bigint | undefined
  /** The last block that the execution layer committed; undefined before the first. */
  readonly committed: bigint | undefined
  /** Connected peers. */
  readonly peers: number
}

/** Events of a node, by name. */
export interface NodeEvents {
  /** In order, once per block and process; blocks replayed after a restart do not count again. */
  'block:finalized': FinalBlock
  /** The view ended without a block. */
  'view:timeout': { readonly view: bigint; readonly leader: Uint8Array }
  /** At the start, and whenever another committee takes over; `role`: whether this node votes in it. */
  'epoch:changed': { readonly epoch: bigint; readonly role: Role }
  'peer:connected': PeerInfo
  'peer:disconnected': PeerInfo & { readonly code: GoodbyeCode; readonly text: string }
  /** A connection ended in its hello: this node refused the peer, or was refused by it. */
  'peer:refused': {
    readonly peer: NodePublicKey
    readonly direction: ConnectionDirection
    readonly code: GoodbyeCode
    readonly text: string
    readonly by: 'us' | 'peer'
  }
  'peer:misbehaved': { readonly peer: NodePublicKey; readonly rule: string }
  /** A validator signed a contradiction; `encodeEvidence` makes bytes of it that anybody can check with `verifyEvidence`. */
  evidence: Evidence
  /** What must never happen did. */
  invariant: InvariantViolation
  /** Something is wrong, and the node goes on. */
  warning: ZkStackError
}

/**
 * What must never happen, and did; a validator stops after it. Besides the invariants of the replica: `STORE_CONFLICT`,
 * `OWN_VOTE_INVALID`, `REPLICA_STATE_INVALID`, whose `data` is empty.
 */
export interface InvariantViolation {
  readonly code: InvariantCode | 'STORE_CONFLICT' | 'OWN_VOTE_INVALID' | 'REPLICA_STATE_INVALID'
  readonly message: string
  /** What shows it. */
  readonly data: InvariantData
}

/** A peer as {@link ConsensusNode.inspect} shows it. */
export type PeerSnapshot = Plain<PeerInfo>

/** An epoch as {@link ConsensusNode.inspect} shows it. */
export interface EpochSnapshot {
  readonly epoch: string
  readonly firstBlock: string
  /** Known once the committee that follows is. */
  readonly lastBlock: string | undefined
}

/** A node as {@link ConsensusNode.inspect} shows it; numbers above 2^53 and heights are decimal strings. */
export interface NodeSnapshot {
  readonly genesis: {
    readonly hash: string
    readonly chainId: string
    readonly scheme: string
    /** What computes the signatures. */
    readonly backend: string
  }
  readonly nodeKey: string
  readonly validatorKey: string | undefined
  /** When the snapshot was taken; every other `since` and `at` is measured by `nowMs`, the monotonic time. */
  readonly clock: {
    readonly nowMs: number
    readonly utcMs: number
    /** How many snapshots in a row have shown this very time. */
    readonly readings: number
  }
  readonly viewTimeoutMs: number
  readonly status: Plain<NodeStatus>
  readonly addresses: readonly string[]
  /** Blocks on disk: [first, next). */
  readonly store: { readonly first: string; readonly next: string }
  /** The fallback source: the first block that it lacks, and what went wrong with it last; absent: there is none. */
  readonly fallback?: Plain<FallbackStatus> | undefined
  /** How many blocks the execution layer has still to commit. */
  readonly commitBacklog: string
  readonly execution: {
    /** Calls that have not ended, oldest first. */
    readonly calls: readonly Plain<RunningCall>[]
    /** When it committed a block last, in this process. */
    readonly committedAt: number | undefined
  }
  /** By validator index; of the current epoch. */
  readonly committee: readonly { readonly key: string; readonly weight: string }[]
  readonly epochs: {
    /** The epoch of the next block to commit; undefined before the execution layer has named its committee. */
    readonly current: EpochSnapshot | undefined
    /** The next one, once its committee is known. */
    readonly pending: EpochSnapshot | undefined
    /** Blocks of peers that wait for the committee of their epoch, and the lowest of them. */
    readonly waitingBlocks: number
    readonly waitsFor: { readonly number: string; readonly epoch: string } | undefined
  }
  readonly replica: Plain<ReplicaSnapshot> | undefined
  readonly peers: readonly PeerSnapshot[]
  /** What the network knows beyond its connections: peers of peers, addresses of validators, who is banned. */
  readonly network: Plain<NetworkSnapshot>
  /** The newest warnings, oldest first. */
  readonly warnings: readonly {
    readonly atUtcMs: number
    readonly code: string
    readonly message: string
  }[]
  readonly limits: Plain<NetworkLimits>
}
