/** Name of a connected peer; a peer that reconnects gets another one. */
export type PeerName = string

/** Fixed for the life of a planner. */
export interface SyncConfig {
  /** Heights at work at once: asked for, being verified, or waiting to become durable. */
  readonly window: number
  /** Bytes of those blocks; what was asked for counts with the most that may come. */
  readonly windowBytes: number
  /** The most that the answer to one request may hold, in bytes. */
  readonly answerBytes: number
  /** Requests outstanding at one peer. */
  readonly perPeer: number
  /** Heights in one request. */
  readonly perRequest: number
  /** After this long without an answer another peer is asked too, in milliseconds. */
  readonly hedgeMs: number
}

/** A peer, the blocks [first, next) it announced, and what is asked of it. */
export interface SyncPeer {
  readonly first: bigint
  readonly next: bigint
  /** Asked only for what no other peer has. */
  readonly isLastResort: boolean
  /** Requests outstanding. */
  readonly inflight: number
  /** Number of the last request made to it: of equally busy peers, the one asked longest ago is next. */
  readonly lastAsked: number
}

/** A request under way. */
export interface Fetch {
  readonly peer: PeerName
  readonly since: number
}

/** What is happening to a height; `failed` lists peers that could not give it and have announced nothing since. */
export type HeightState =
  | { readonly type: 'pending'; readonly notBefore: number; readonly failed: readonly PeerName[] }
  /** One or two peers are asked. */
  | {
      readonly type: 'fetching'
      readonly fetches: readonly Fetch[]
      readonly failed: readonly PeerName[]
    }
  /** A block came from `peer` and is being verified. */
  | {
      readonly type: 'verifying'
      readonly peer: PeerName
      readonly bytes: number
      readonly failed: readonly PeerName[]
    }
  /** Verified and handed to the queue: it waits to become durable. */
  | { readonly type: 'done'; readonly bytes: number }

/** Since `at`, heights up to `next` are known to exist. */
export interface TargetMark {
  readonly next: bigint
  readonly at: number
}

/** The state of the planner; plain data, never changed in place. */
export interface SyncState {
  readonly config: SyncConfig
  /** The first height that is not durable. */
  readonly next: bigint
  readonly peers: ReadonlyMap<PeerName, SyncPeer>
  /** The heights of [next, next + window) that exist, without a gap, ascending. Those from there to the target are pending by definition. */
  readonly heights: ReadonlyMap<bigint, HeightState>
  /** Requests made so far. */
  readonly requests: number
  /** How long a block that has just come to exist may still come by itself, in milliseconds. */
  readonly graceMs: number
  /** Heights below it have existed for longer than the grace. */
  readonly settled: bigint
  /** How the target rose since then, oldest first. */
  readonly marks: readonly TargetMark[]
}

/** What happens to the planner; `now` is monotonic time in milliseconds. */
export type SyncInput =
  /** A peer announces its blocks, for the first time or again; `graceMs` is 0 unless consensus brings blocks to us. */
  | {
      readonly type: 'announced'
      readonly peer: PeerName
      /** Pruning never goes back: a lower one than before is not believed. */
      readonly first: bigint
      readonly next: bigint
      readonly isLastResort?: boolean
      readonly graceMs: number
      readonly now: number
    }
  /** A peer is gone, and its requests with it. */
  | { readonly type: 'gone'; readonly peer: PeerName; readonly now: number }
  /** Everything below `next` is durable, whoever brought it. */
  | { readonly type: 'persisted'; readonly next: bigint; readonly now: number }
  /**
   * Answer to the fetch of `count` heights from `first` on: the sizes in bytes of the blocks that came, from `first` on. Fewer
   * than asked for: the others may be asked for again. None: the peer does not have them, or failed.
   */
  | {
      readonly type: 'answered'
      readonly peer: PeerName
      readonly first: bigint
      readonly count: number
      readonly sizes: readonly number[]
      readonly now: number
    }
  /** Answer to a verify: these blocks are right. */
  | {
      readonly type: 'verified'
      readonly peer: PeerName
      readonly heights: readonly bigint[]
      readonly now: number
    }
  /** Answer to a verify: this block is wrong. */
  | {
      readonly type: 'invalid'
      readonly peer: PeerName
      readonly height: bigint
      readonly now: number
    }
  | { readonly type: 'tick'; readonly now: number }

/** What the runner must do. */
export type SyncEffect =
  /** Ask the peer for `count` blocks from `first` on; resume with `answered`, unless `gone` comes first. */
  | {
      readonly type: 'fetch'
      readonly peer: PeerName
      readonly first: bigint
      readonly count: number
    }
  /**
   * Verify blocks just received from the peer; resume with `verified` (and push them) or `invalid`. A block that came without
   * this effect is superfluous.
   */
  | { readonly type: 'verify'; readonly peer: PeerName; readonly heights: readonly bigint[] }

/** The end of what any peer has announced: the heights of [next, target) can be had. */
export function syncTarget({ next, peers }: Pick<SyncState, 'next' | 'peers'>): bigint {
  let target = next
  for (const peer of peers.values()) if (peer.next > target) target = peer.next
  return target
}
