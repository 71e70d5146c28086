import type { Block, FinalBlock, NodePublicKey, PreGenesisBlock, Schedule } from '@zkstack/roles'

/** Options of every call to the embedder's code. */
export interface CallOptions {
  /** Aborted when the answer is no longer wanted; the call should then reject with an `AbortError`. */
  readonly signal: AbortSignal
}

/** A judgement: being invalid is an answer, not an exception. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** What a leader asks for. */
export interface ProposeRequest {
  /** Height of the block to build. */
  readonly number: bigint
  readonly epoch: bigint
  readonly view: bigint
  /** keccak256 of the payload at `number - 1`; undefined for the chain's first block. */
  readonly parentHash?: Uint8Array | undefined
  /** Largest payload that peers accept, in bytes. */
  readonly maxBytes: number
  /** When the answer becomes useless. */
  readonly deadline: Date
}

/** What a replica asks before it votes. */
export interface VerifyRequest {
  readonly number: bigint
  readonly epoch: bigint
  readonly payload: Uint8Array
  /** Public key bytes of the validator that proposed. */
  readonly leader: Uint8Array
}

/**
 * The chain's own logic, as the consensus engine sees it: three methods, and two that may be absent.
 *
 * `propose` and `verify` of height N run only when N − 1 has been committed. Throw a `RetryableError` for
 * "try me again"; any other error of `commit` stops the node.
 */
export interface ExecutionLayer {
  /** Builds the payload of a block; `null`: nothing to propose, the view is skipped. */
  propose(p: ProposeRequest, o: CallOptions): Promise<Uint8Array | null>
  /** Judges a proposed payload. MUST have no side effects: the payload may never be finalized. */
  verify(p: VerifyRequest, o: CallOptions): Promise<Verdict>
  /** Applies a finalized block: in order, once per height, idempotent on replay; resolves when durable. */
  commit(block: FinalBlock, o: CallOptions): Promise<void>
  /** The last height whose `commit` is durable, `null` for none. Absent: the block store is the truth. */
  lastCommitted?(o: CallOptions): Promise<bigint | null>
  /** Judges a block from before the genesis; a `RetryableError` has it asked again. Absent: such blocks are refused. */
  verifyPreGenesis?(block: PreGenesisBlock, o: CallOptions): Promise<Verdict>
}

/** Who handed in a transaction. */
export interface AdmitOptions extends CallOptions {
  readonly origin: 'local' | NodePublicKey
}

/** Optional capability: takes transactions. Absent: the node neither accepts nor gossips any. */
export interface Mempool {
  /** `accepted` transactions are passed on to peers, the others are not. */
  admit(tx: Uint8Array, o: AdmitOptions): Promise<'accepted' | 'duplicate' | 'rejected'>
  /**
   * What was accepted and is in no block yet; given to peers that connect, and to those that were too slow for it before.
   * Absent: they get later transactions only.
   */
  pending?(o: CallOptions): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** A committee and the height from which on it rules. */
export interface ScheduledCommittee {
  /** Made by `Schedule.create` with the scheme of the genesis. */
  readonly schedule: Schedule
  /** The first block that this committee finalizes; that of the first committee is the genesis' first block. */
  readonly firstBlock: bigint
  /** By validator index; empty when the signature scheme needs none. */
  readonly proofsOfPossession: readonly Uint8Array[]
  /** Number of the epoch, from 0; needed only by a node whose store begins in the middle of the chain, checked by all. */
  readonly epoch?: bigint | undefined
}

/** The committees as of one block, read atomically. */
export interface ScheduleAnswer {
  /** The committee that finalizes block `n` itself. */
  readonly current: ScheduledCommittee
  /** The next one, once it is decided: as of the block before its first one at the latest. It may not change any more. */
  readonly pending?: ScheduledCommittee | undefined
}

/**
 * Optional capability: committees that change while the chain runs, for a genesis that names none. Answers must be the same on
 * every node and never change; keys without a proof of possession must not get into them. An answer that breaks these rules
 * stops the node. Throw a `RetryableError` for "try me again".
 */
export interface ValidatorSource {
  /** The committees as of block `n`, which has just been committed; before any is, `n` is the genesis' first block. */
  scheduleAt(n: bigint, o: CallOptions): Promise<ScheduleAnswer>
  /**
   * Yields when an answer has changed; what block `n` has changed is told before `commit` of that block resolves. Absent: asked
   * after each block.
   */
  changes?(o: CallOptions): AsyncIterable<void>
}

/** Optional capability: blocks from elsewhere when peers have none. They are verified like a peer's. */
export interface BlockSource {
  /** The highest block that it has. */
  head(o: CallOptions): Promise<bigint>
  fetch(n: bigint, o: CallOptions): Promise<Block | undefined>
}
