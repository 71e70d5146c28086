import type { Clock, Ctx } from '@zkstack/concurrency'
import { bytesEqual, compareBytes, toHex } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { goodbye, type Goodbye } from '../goodbye.js'
import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'
import type { ConnectionDirection, TransportConnection } from '../transport/network-transport.js'
import { refusalOf, yieldsTo, type Candidate } from './admission.js'
import type { BanLedger } from './ban-ledger.js'
import type { Peer } from './peer.js'

/** Options of a {@link PeerRegistry}. */
export interface PeerRegistryOptions {
  readonly ownKey: NodePublicKey
  readonly isStatic: (id: string) => boolean
  readonly isCommitteeMember: (carrier: Uint8Array) => boolean
  readonly maxDynamicInbound: number
  readonly limits: NetworkLimits
  readonly bans: BanLedger
  readonly clock: Clock
}

/**
 * Who is connected, and who may be: one connection for each pair of nodes.
 *
 * When both sides dial at once, the connection dialled by the lower PeerId stays, and the other waits for its
 * hello before it gives way; both ends apply the same rule, so they keep the same one. A second connection in
 * the same direction replaces the first: its dialler would not have dialled had the first one been alive.
 */
export class PeerRegistry {
  readonly #o: PeerRegistryOptions
  readonly #peers = new Map<string, Peer>()
  /** Connections in their hello. */
  readonly #pending = new Set<TransportConnection>()
  /** Fires at every connection and disconnection, and when a hello ends. */
  readonly changed = new Notifier()

  constructor(o: PeerRegistryOptions) {
    this.#o = o
  }

  /** Connected peers. */
  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers
  }

  /** Connections in their hello. */
  get hellos(): number {
    return this.#pending.size
  }

  /** Enters a connection that begins its hello; false when there are too many of them: cut it. */
  begin(connection: TransportConnection): boolean {
    const { isStatic, limits, ownKey } = this.#o
    if (bytesEqual(connection.remote, ownKey)) return false
    const known = connection.direction === 'outbound' || isStatic(toHex(connection.remote))
    if (!known && this.#pendingDynamic() >= limits.maxPendingInbound) return false
    this.#pending.add(connection)
    return true
  }

  /** Leaves the hello, whatever its end. */
  settled(connection: TransportConnection): void {
    this.#pending.delete(connection)
    this.changed.notify()
  }

  /**
   * Judges a connection whose keys are proven; waits while a connection that would win over it is in its hello.
   * @returns the reason to refuse it.
   */
  async judge(
    ctx: Ctx,
    connection: TransportConnection,
    carrier: Uint8Array | undefined,
  ): Promise<Goodbye | undefined> {
    while (this.#rivalInHello(connection)) await ctx.race(this.changed.wait())
    const candidate = this.#candidate(connection, carrier)
    // the other side would hardly dial if it still had the connection that we know
    if (yieldsTo(candidate)) this.#peers.get(toHex(connection.remote))?.doubted.notify()
    return refusalOf(candidate)
  }

  /**
   * Makes an accepted peer the one of its key; its predecessor is disconnected.
   * @returns the reason to refuse it, when another one came in between.
   */
  activate(peer: Peer): Goodbye | undefined {
    const candidate = this.#candidate(peer.connection, peer.carrier)
    if (yieldsTo(candidate)) return refusalOf(candidate)
    const previous = this.#peers.get(peer.id)
    this.#peers.set(peer.id, peer)
    previous?.disconnect(goodbye('ALREADY_CONNECTED', 'another connection takes over'))
    this.changed.notify()
    return undefined
  }

  /** Takes a peer out whose connection has ended. */
  remove(peer: Peer): void {
    if (this.#peers.get(peer.id) === peer) this.#peers.delete(peer.id)
    this.changed.notify()
  }

  #pendingDynamic(): number {
    let count = 0
    for (const { direction, remote } of this.#pending) {
      if (direction === 'inbound' && !this.#o.isStatic(toHex(remote))) count++
    }
    return count
  }

  #rivalInHello(connection: TransportConnection): boolean {
    if (connection.direction === this.#preferredDirection(connection)) return false
    for (const other of this.#pending) {
      if (other.direction !== connection.direction && bytesEqual(other.remote, connection.remote))
        return true
    }
    return false
  }

  /** The direction, seen from here, of connections dialled by the lower PeerId. */
  #preferredDirection({ localPeerId, remotePeerId }: TransportConnection): ConnectionDirection {
    return compareBytes(localPeerId, remotePeerId) < 0 ? 'outbound' : 'inbound'
  }

  #candidate(connection: TransportConnection, carrier: Uint8Array | undefined): Candidate {
    const { bans, clock, isStatic, maxDynamicInbound } = this.#o
    const id = toHex(connection.remote)
    const active = this.#peers.get(id)
    const isFirstOfMember =
      carrier !== undefined && this.#o.isCommitteeMember(carrier) && !this.#hasCarrier(carrier, id)
    return {
      direction: connection.direction,
      preferred: this.#preferredDirection(connection),
      rival: active && !active.end ? active.connection.direction : undefined,
      bannedMs: bans.remainingMs(id, clock.now()),
      isExempt: isStatic(id) || isFirstOfMember,
      dynamicInbound: this.dynamicCount('inbound', id),
      maxDynamicInbound,
    }
  }

  /** Connections of a direction that count against its limit: neither of configured peers nor the first of each member. */
  dynamicCount(direction: ConnectionDirection, except?: string): number {
    const members = new Set<string>()
    let count = 0
    for (const peer of this.#peers.values()) {
      if (peer.isStatic || peer.id === except || this.#isFirstOfMember(peer, members)) continue
      if (peer.connection.direction === direction) count++
    }
    return count
  }

  /** Whether a peer is of a member that is not among `members` yet; it is from now on. */
  #isFirstOfMember({ carrier }: Peer, members: Set<string>): boolean {
    if (carrier === undefined || !this.#o.isCommitteeMember(carrier)) return false
    const member = toHex(carrier)
    if (members.has(member)) return false
    members.add(member)
    return true
  }

  /** A validator key lets one node in beyond the limit, not any number of them; that node may come again. */
  #hasCarrier(carrier: Uint8Array, except: string): boolean {
    for (const peer of this.#peers.values()) {
      if (peer.id !== except && peer.carrier && bytesEqual(peer.carrier, carrier)) return true
    }
    return false
  }
}
