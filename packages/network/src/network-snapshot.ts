import { formatSocketAddress, type NodePublicKey } from '@zkstack/roles'
import type { ValidatorAddresses } from './addresses/validator-addresses.js'
import { formatPeerId } from './peer-id.js'
import type { BanLedger } from './peers/ban-ledger.js'
import type { PeerBudgets } from './peers/peer-budgets.js'
import type { PeerRegistry } from './peers/peer-registry.js'
import type { PeerTable } from './peers/peer-table.js'
import type { TransactionGossip } from './transactions/transaction-gossip.js'

/** A node that peers told of. */
export interface KnownPeerInfo {
  readonly key: NodePublicKey
  /** The libp2p name of the key. */
  readonly peerId: string
  /** `host:port` */
  readonly address: string
  /** Node key, in hex, of the peer that told of it first. */
  readonly toldBy: string
  /** When it was reached there last, in monotonic milliseconds; undefined: never. */
  readonly reachedAt: number | undefined
  /** Failed dials in a row. */
  readonly failures: number
}

/** Where a validator says that its node answers. */
export interface ValidatorAddressInfo {
  readonly validatorKey: Uint8Array
  readonly key: NodePublicKey
  readonly peerId: string
  /** `host:port` */
  readonly address: string
  /** The highest one counts. */
  readonly version: bigint
}

/** What a network knows beyond its connections, and how much it keeps for others. */
export interface NetworkSnapshot {
  /** Those reached before first; 100 at most. */
  readonly knownPeers: readonly KnownPeerInfo[]
  /** The newest of each member of the committees that count; 100 at most. */
  readonly validatorAddresses: readonly ValidatorAddressInfo[]
  /** Node keys in hex, and for how long they still stay out; 100 at most. */
  readonly banned: readonly { readonly key: string; readonly remainingMs: number }[]
  /** Entries of what peers can fill; each is bounded. */
  readonly held: {
    /** Connections in their hello. */
    readonly hellos: number
    readonly knownPeers: number
    /** Keys with a score or a ban. */
    readonly faults: number
    /** Keys whose use of the rates is remembered. */
    readonly budgets: number
    readonly seenTransactions: number
    /** Transactions on their way to peers. */
    readonly queuedTransactions: number
  }
}

/** What {@link networkSnapshot} looks into. */
export interface SnapshotSources {
  readonly table: PeerTable
  readonly addresses: ValidatorAddresses
  readonly bans: BanLedger
  readonly budgets: PeerBudgets
  readonly registry: PeerRegistry
  readonly gossip: TransactionGossip
  /** Monotonic time in milliseconds. */
  readonly now: number
}

/** Entries of a list that are shown. */
const SHOWN = 100

/** Describes what a network knows now. */
export function networkSnapshot(o: SnapshotSources): NetworkSnapshot {
  const { entries } = o.table
  const known = [
    ...entries.filter(({ provenAt }) => provenAt !== undefined),
    ...entries.filter(({ provenAt }) => provenAt === undefined),
  ]
  return {
    knownPeers: known.slice(0, SHOWN).map(({ key, addr, source, provenAt, failures }) => ({
      key,
      peerId: formatPeerId(key),
      address: formatSocketAddress(addr),
      toldBy: source,
      reachedAt: provenAt,
      failures,
    })),
    validatorAddresses: o.addresses.all
      .slice(0, SHOWN)
      .map(({ validatorKey, nodeKey: key, address: { addr, version } }) => ({
        validatorKey,
        key,
        peerId: formatPeerId(key),
        address: formatSocketAddress(addr),
        version,
      })),
    banned: o.bans.banned(o.now).slice(0, SHOWN),
    held: {
      hellos: o.registry.hellos,
      knownPeers: entries.length,
      faults: o.bans.size,
      budgets: o.budgets.size,
      seenTransactions: o.gossip.seen,
      queuedTransactions: o.gossip.queued,
    },
  }
}
