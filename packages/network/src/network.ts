import type { Clock, Ctx, Logger, MetricsSink, Random, ZkStackError } from '@zkstack/concurrency'
import type { Hash32, Result } from '@zkstack/crypto'
import type {
  Block,
  EpochCertificate,
  EpochScope,
  EpochVote,
  Genesis,
  NodePublicKey,
  NodeSecretKey,
  Signed,
} from '@zkstack/roles'
import type { BlockQueue, BlockSource, BlockStore, CallOptions } from '@zkstack/storage'
import type { Goodbye, GoodbyeCode } from './goodbye.js'
import type { NetworkLimits } from './limits.js'
import type { NetworkSnapshot } from './network-snapshot.js'
import type { ConnectionDirection, NetworkTransport } from './transport/network-transport.js'

/** A peer that we dial for as long as the network runs. */
export interface StaticPeer {
  readonly key: NodePublicKey
  /** `host:port`; names are resolved again at each attempt. */
  readonly addr: string
}

/** Who may connect. */
export interface PeersInit {
  /** Peers to dial; they may dial us too. */
  readonly outbound?: readonly StaticPeer[]
  /** Keys that are admitted beyond the limit. */
  readonly inbound?: readonly NodePublicKey[]
  /** How many other peers may connect to us; members of the committee are not counted. Default 100. */
  readonly maxDynamicInbound?: number
  /** How many peers that others told us of we connect to. Default 8 with `bootstrap` peers, else 0. */
  readonly maxDynamicOutbound?: number
  /**
   * Whom to ask for peers, as `key@host:port` with the key as `node:public:ed25519:…` or as a PeerId; dialled while
   * peers are wanted.
   */
  readonly bootstrap?: readonly string[]
}

/** Keeps the version of the last address announcement: a restart must not announce an older one. */
export interface AnnouncedVersion {
  /** Undefined when there was none. */
  load(): Promise<bigint | undefined>
  /** Resolves once it is durable. */
  save(version: bigint): Promise<void>
}

/** The validator key that is proven in the hello; the key itself may live elsewhere. */
export interface HelloSigner {
  readonly publicKey: Uint8Array
  sign(hash: Hash32, o: CallOptions): Promise<Uint8Array>
}

/** Where certificates of epochs are read for others, and where those enter that others gave. */
export interface EpochCertificateDesk {
  /** Its canonical bytes; undefined when there is none. */
  get(epoch: bigint): Promise<Uint8Array | undefined>
  /** Takes one that a peer gave for an epoch that was wanted; false: the committee has not signed it. */
  take(epoch: bigint, certificate: EpochCertificate): Promise<boolean>
}

/** What {@link createNetwork} takes. */
export interface NetworkInit {
  readonly genesis: Genesis
  /** The committee with whom consensus messages are exchanged now; undefined: none. */
  scope(): EpochScope | undefined
  /** The committee that takes over next, once it is known: its members are let in, dialled and listened to already. */
  pendingScope?(): EpochScope | undefined
  readonly nodeKey: NodeSecretKey
  readonly validator?: HelloSigner | undefined
  readonly transport: NetworkTransport
  /** `host:port` to listen on; an empty string only dials. */
  readonly listen: string
  /** The address under which others reach us, `host:port`. A validator announces it, so that other validators dial it. */
  readonly publicAddr?: string | undefined
  /** Default: forgotten at the end. */
  readonly announcedVersion?: AnnouncedVersion | undefined
  readonly peers: PeersInit
  /** Where fetched blocks enter, and whose range is announced. */
  readonly blocks: BlockQueue
  /** Where blocks for others are read. */
  readonly store: BlockStore
  /** Asked for the blocks that no peer has; they are verified like those of peers. */
  readonly fallback?: BlockSource | undefined
  readonly limits: NetworkLimits
  readonly clock: Clock
  readonly random: Random
  readonly buildVersion?: string | undefined
  readonly logger?: Logger | undefined
  readonly metrics?: MetricsSink | undefined
  /** Judges a fetched block; may wait, for instance for the schedule of its epoch. */
  verifyBlock(
    block: Block,
    o: CallOptions,
  ): Promise<Result<void, { readonly code: string; readonly message: string }>>
  /** Takes a vote for the committee of the next epoch, told by its validator itself, unverified. Absent: they are dropped. */
  onEpochVote?(vote: EpochVote): void
  /** Absent: nobody gets a certificate of an epoch, and none can be wanted. */
  readonly epochCertificates?: EpochCertificateDesk | undefined
  /**
   * Takes a decoded message, unverified. What it returns, if anything, resolves once the message is handled or dropped:
   * back-pressure on that peer.
   */
  onConsensusMessage(
    message: Signed,
    carrier: Uint8Array | undefined,
    from: NodePublicKey,
  ): Promise<void> | undefined
  /** Admits a transaction of a peer; an accepted one is passed on. Absent: transactions are dropped. */
  onTransaction?: ((tx: Uint8Array, from: NodePublicKey) => Promise<TransactionVerdict>) | undefined
  /**
   * What the mempool holds, for peers that connect, and for those that were too slow; ends when aborted. Absent: such peers
   * get later transactions only.
   */
  pendingTransactions?: ((o: CallOptions) => AsyncIterable<Uint8Array>) | undefined
  onEvent(e: NetworkEvent): void
}

/** What became of a transaction. */
export type TransactionVerdict = 'accepted' | 'duplicate' | 'rejected'

/** What a network reports. */
export type NetworkEvent =
  | { readonly type: 'peerConnected'; readonly peer: PeerInfo }
  | {
      readonly type: 'peerDisconnected'
      readonly peer: PeerInfo
      readonly code: GoodbyeCode
      readonly text: string
      readonly by: Goodbye['by']
    }
  /** A connection ended before its hello was complete. */
  | {
      readonly type: 'peerRefused'
      readonly key: NodePublicKey
      readonly direction: ConnectionDirection
      readonly code: GoodbyeCode
      readonly text: string
      readonly by: Goodbye['by']
    }
  | { readonly type: 'peerMisbehaved'; readonly peer: NodePublicKey; readonly rule: string }
  | { readonly type: 'warning'; readonly error: ZkStackError }

/** A connected peer. */
export interface PeerInfo {
  readonly key: NodePublicKey
  /** The libp2p name of the key, `12D3KooW…`. */
  readonly peerId: string
  readonly direction: ConnectionDirection
  /** `host:port` as seen by us. */
  readonly address: string
  /** The validator key proven on this connection. */
  readonly carrier: Uint8Array | undefined
  readonly buildVersion: string | undefined
  /** Blocks that the peer says it has: [first, next). */
  readonly range: { readonly first: bigint; readonly next: bigint } | undefined
  /** Round trip of the last ping in milliseconds. */
  readonly rttMs: number | undefined
  /** Whether the peer is one of the configured ones. */
  readonly isStatic: boolean
}

/** What is known of a fallback source. */
export interface FallbackStatus {
  /** The first height that it lacks, as it said last; undefined: it has not said yet. */
  readonly next: bigint | undefined
  /** What went wrong last, when nothing has gone right since. */
  readonly failure: string | undefined
}

/** The peers of one node. */
export interface Network {
  /** Addresses listened on, `host:port`. */
  readonly addresses: string[]
  /**
   * Sends our message to every peer of the committee: the newest view of each label wins, an equal view is
   * sent again, a peer that reconnects gets the newest of each label again. Never waits, never to ourselves.
   */
  broadcast(message: Signed): void
  /** Tells every peer our vote for the committee of the next epoch, now and when they connect; a newer one replaces it. */
  announceEpochVote(vote: EpochVote): void
  /** Asks peers for the certificate of an epoch until {@link EpochCertificateDesk.take} takes one. */
  wantEpochCertificate(epoch: bigint): void
  /** To be called when {@link NetworkInit.scope} or {@link NetworkInit.pendingScope} has changed. */
  committeeChanged(): void
  /** Floods a transaction to all peers, except one. */
  gossipTransaction(tx: Uint8Array, except?: NodePublicKey): void
  peers(): PeerInfo[]
  /** What is known beyond the connections, and how much is kept for others. */
  inspect(): NetworkSnapshot
  /** What is known of the fallback source; undefined: there is none. */
  fallback(): FallbackStatus | undefined
  /** Serves until cancelled or stopped; rejects only when the store fails. */
  run(ctx: Ctx): Promise<void>
  /** Says goodbye, closes everything; idempotent. */
  stop(): Promise<void>
}
