import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual, compareBytes, toHex } from '@zkstack/crypto'
import type { NodePublicKey } from '@zkstack/roles'
import { goodbye, type Goodbye } from '../goodbye.js'
import type { NetworkLimits } from '../limits.js'
import { Notifier } from '../notifier.js'
import type { TransportConnection } from '../transport/network-transport.js'
import type { BanList } from './ban-list.js'
import type { Peer } from './peer.js'

/** Options of a {@link PeerRegistry}. */
export interface PeerRegistryOptions {
  readonly ownKey: NodePublicKey
  readonly isStatic: (id: string) => boolean
  readonly isCommitteeMember: (carrier: Uint8Array) => boolean
  readonly maxDynamicInbound: number
  readonly limits: NetworkLimits
  readonly bans: BanList
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
    return (
      this.#banned(connection) ??
      this.#duplicate(connection) ??
      this.#aboveLimit(connection, carrier)
    )
  }

  /**
   * Makes an accepted peer the one of its key; its predecessor is disconnected.
   * @returns the reason to refuse it, when another one came in between.
   */
  activate(peer: Peer): Goodbye | undefined {
    const refusal = this.#duplicate(peer.connection)
    if (refusal) return refusal
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
  #preferredDirection({
    localPeerId,
    remotePeerId,
  }: TransportConnection): TransportConnection['direction'] {
    return compareBytes(localPeerId, remotePeerId) < 0 ? 'outbound' : 'inbound'
  }

  #banned({ remote }: TransportConnection): Goodbye | undefined {
    const seconds = Math.ceil(this.#o.bans.remainingMs(toHex(remote)) / 1000)
    return seconds > 0 ? goodbye('BANNED', `come back in ${seconds} s`) : undefined
  }

  #duplicate(connection: TransportConnection): Goodbye | undefined {
    const active = this.#peers.get(toHex(connection.remote))
    if (!active || active.end) return undefined
    if (active.connection.direction === connection.direction) return undefined
    if (connection.direction === this.#preferredDirection(connection)) return undefined
    // the other side would hardly dial if it still had that connection
    active.doubted.notify()
    return goodbye('ALREADY_CONNECTED', 'the connection dialled by the lower PeerId stays')
  }

  #aboveLimit(
    connection: TransportConnection,
    carrier: Uint8Array | undefined,
  ): Goodbye | undefined {
    const { isStatic, maxDynamicInbound } = this.#o
    if (connection.direction === 'outbound' || isStatic(toHex(connection.remote))) return undefined
    if (carrier && this.#o.isCommitteeMember(carrier) && !this.#hasCarrier(carrier))
      return undefined
    let dynamic = 0
    for (const peer of this.#peers.values()) {
      const counts =
        peer.connection.direction === 'inbound' && !peer.isStatic && !this.#isMember(peer)
      if (counts && !bytesEqual(peer.key, connection.remote)) dynamic++
    }
    if (dynamic < maxDynamicInbound) return undefined
    return goodbye('LIMIT', `${maxDynamicInbound} peers are connected already`)
  }

  #isMember({ carrier }: Peer): boolean {
    return carrier !== undefined && this.#o.isCommitteeMember(carrier)
  }

  /** A validator key lets one node in beyond the limit, not any number of them. */
  #hasCarrier(carrier: Uint8Array): boolean {
    for (const peer of this.#peers.values()) {
      if (peer.carrier && bytesEqual(peer.carrier, carrier)) return true
    }
    return false
  }
}
