/** How a node of the measurement is set up. */
export interface PeerSetup {
  readonly validator: number
  readonly outbound: readonly { readonly key: readonly number[]; readonly addr: string }[]
  readonly payloadBytes: number
  /** Over streams of libp2p, without our layer. */
  readonly isPlain: boolean
}

/** What a node is told to do. */
export type ToPeer =
  | {
      readonly type: 'vote'
      readonly first: number
      readonly count: number
      readonly meanMs: number
    }
  /** The node must lead the view. */
  | { readonly type: 'propose'; readonly view: number }
  | { readonly type: 'report' | 'stop' }

/** When a vote was sent by its author, or handled by somebody else, in microseconds of the machine's monotonic clock. */
export interface VoteTime {
  readonly from: number
  readonly view: number
  readonly at: number
}

/** What a node tells. */
export type FromPeer =
  | { readonly type: 'listens'; readonly key: number[]; readonly addr: string }
  | { readonly type: 'connected' }
  | { readonly type: 'voted' }
  | { readonly type: 'proposed'; readonly view: number; readonly at: number }
  | { readonly type: 'arrived'; readonly view: number; readonly at: number }
  | { readonly type: 'votes'; readonly votes: readonly VoteTime[] }
