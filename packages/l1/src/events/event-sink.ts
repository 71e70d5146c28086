import type { CallOptions } from '@zkstack/storage'
import type { L1Log } from '../client/l1-types.js'

/** A log with the time of its block. */
export interface L1Event extends L1Log {
  /** Seconds since the Unix epoch. */
  readonly blockTimestamp: bigint
}

/** What happened to the events of a filter. */
export type EventChange =
  /** The blocks from … to, both included, were read, and these are their events, perhaps none. They follow on the blocks before. */
  | {
      readonly type: 'events'
      readonly fromBlock: bigint
      readonly toBlock: bigint
      readonly events: readonly L1Event[]
    }
  /** `fromBlock` and all above it are gone from the chain: undo their events. Other events of the same blocks may follow. */
  | { readonly type: 'rollback'; readonly fromBlock: bigint }
  /** What was read up to and including `toBlock` stays for good. */
  | { readonly type: 'finalized'; readonly toBlock: bigint }

/**
 * Where events go. A change and its cursor are to be stored in one atomic write: then each event is there exactly once, in order,
 * whatever crashes.
 */
export interface EventSink {
  /** The last cursor that was stored; `undefined`: none yet. */
  cursor(o: CallOptions): Promise<Uint8Array | undefined>
  /** Resolves when change and cursor are durable. If it rejects, the reader ends with that error. */
  apply(change: EventChange, cursor: Uint8Array, o: CallOptions): Promise<void>
}
