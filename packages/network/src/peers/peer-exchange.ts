import type { Clock, Ctx } from '@zkstack/concurrency'
import { parseSocketAddress } from '@zkstack/roles'
import {
  decodePeers,
  decodePeersRequest,
  encodePeers,
  encodePeersRequest,
  type PeersQuestion,
} from '../codec.js'
import type { NetworkLimits } from '../limits.js'
import { receiveAnswer } from '../receive-answer.js'
import type { FrameStream } from '../transport/network-transport.js'
import type { Peer } from './peer.js'
import type { PeerRegistry } from './peer-registry.js'
import type { KnownPeer, PeerTable } from './peer-table.js'

/** Options of a {@link PeerExchange}. */
export interface PeerExchangeOptions {
  readonly table: PeerTable
  readonly registry: PeerRegistry
  readonly limits: NetworkLimits
  readonly clock: Clock
  /** Where we can be dialled. */
  ownAddress(): PeersQuestion
  /** Whether more peers are wanted than there are. */
  wantsPeers(): boolean
}

/** Addresses in one answer. */
const MAX_ANSWERS = 32
/** How long an address at which we reached a node is worth telling. */
const FRESH_MS = 3_600_000

/** Asks peers for the addresses of others, and answers them. */
export class PeerExchange {
  readonly #o: PeerExchangeOptions

  constructor(o: PeerExchangeOptions) {
    this.#o = o
  }

  /** Asks a peer that we have dialled, again and again: one that came by itself could choose whom we get to know. */
  async ask(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const { limits, table, registry, clock } = this.#o
    const throttle = peer.budget.outgoing('peersRequestRate')
    const source = { id: peer.id, scope: peer.seenAt }
    for (;;) {
      await throttle.pass(ctx)
      await ctx.race(stream.send(encodePeersRequest(this.#o.ownAddress())))
      const o = { timeoutMs: limits.pingTimeoutMs, topic: 'peers' }
      const peers = decodePeers(await receiveAnswer(ctx, stream, o))
      if (peers.length > MAX_ANSWERS) {
        peer.misbehaved('BAD_ADDRESS_LIST', `${peers.length} peers in one answer`)
        return
      }
      for (const address of peers) table.add(address, source, clock.now())
      if (peers.length > 0) registry.changed.notify()
      const isHungry = this.#o.wantsPeers()
      await ctx.sleep(isHungry ? limits.peersRequestRate.refreshMs : limits.peersRequestMs)
    }
  }

  /** Answers a peer, and notes where it can be dialled itself. */
  async serve(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.incoming('peersRequestRate')
    for (;;) {
      const frame = await ctx.race(stream.receive())
      if (!frame) return
      await throttle.pass(ctx)
      this.#note(peer, decodePeersRequest(frame))
      const told = peer.seenAt
        ? this.#o.table.sample(MAX_ANSWERS, {
            scope: peer.seenAt,
            isGood: (entry) => entry.id !== peer.id && this.#isWorthTelling(entry),
          })
        : []
      await ctx.race(stream.send(encodePeers(told)))
    }
  }

  #note(peer: Peer, { ip, port }: PeersQuestion): void {
    const seen = parseSocketAddress(peer.connection.remoteAddress)
    const at = ip ?? seen?.ip
    if (port === 0 || !at) return
    const { table, clock } = this.#o
    const source = { id: peer.id, scope: peer.seenAt }
    table.add({ key: peer.key, addr: { ip: at, port } }, source, clock.now())
  }

  /** Hearsay is not passed on: only where a node was reached, and what a connected node says of itself. */
  #isWorthTelling({ id, source, provenAt }: KnownPeer): boolean {
    const { registry, clock } = this.#o
    if (provenAt !== undefined) return clock.now() - provenAt < FRESH_MS || registry.peers.has(id)
    return source === id && registry.peers.has(id)
  }
}
