import type { Ctx, Logger, Scope, ZkStackError } from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import { AddressExchange } from '../addresses/address-exchange.js'
import { runAnnouncer } from '../addresses/announcer.js'
import { isMember } from '../consensus/committees.js'
import type { HelloSigner, NetworkEvent, NetworkInit, StaticPeer } from '../network.js'
import { networkSnapshot, type NetworkSnapshot } from '../network-snapshot.js'
import { formatPeerId } from '../peer-id.js'
import type { TransportConnection } from '../transport/network-transport.js'
import { BanLedger } from './ban-ledger.js'
import { parseBootstrapPeer } from './bootstrap-peer.js'
import { ConnectionServer } from './connection-server.js'
import { Connector } from './connector.js'
import { keepConnected } from './dialer.js'
import { DynamicDialer } from './dynamic-dialer.js'
import { pointsOf, type PeerFault } from './fault.js'
import { dialableAt, resolvePublicAddress } from './own-address.js'
import { PeerBudgets } from './peer-budgets.js'
import { PeerExchange } from './peer-exchange.js'
import { PeerRegistry } from './peer-registry.js'
import type { SessionServices } from './peer-session.js'
import { PeerTable } from './peer-table.js'
import type { Peer } from './peer.js'
import { runValidatorDialer } from './validator-dialer.js'

/** Upstream's default for networks with strangers. */
const DEFAULT_MAX_DYNAMIC_INBOUND = 100
/** Enough to hear of everything, few enough for everybody to find a place. */
const DEFAULT_MAX_DYNAMIC_OUTBOUND = 8

/** What a {@link PeerManager} works with. */
export interface PeerManagerOptions {
  readonly init: NetworkInit
  readonly services: Omit<SessionServices, 'init' | 'addresses' | 'peerExchange' | 'wantsPeers'>
  readonly logger: Logger
  /** Addresses listened on. */
  listening(): readonly string[]
  emit(e: NetworkEvent): void
  warn(error: ZkStackError): void
}

/** Who is connected, whom we dial, whom we let in, and who is out for what it did. */
export class PeerManager {
  readonly #o: PeerManagerOptions
  /** Configured peers. */
  readonly #staticIds: ReadonlySet<string>
  readonly #bans: BanLedger
  readonly #registry: PeerRegistry
  readonly #addresses: AddressExchange
  readonly #table: PeerTable
  readonly #budgets: PeerBudgets
  readonly #connector: Connector
  readonly #dynamic: DynamicDialer
  readonly #server: ConnectionServer

  constructor(o: PeerManagerOptions) {
    const { init, logger, services } = o
    const { clock, limits, peers, random } = init
    this.#o = o
    const { outbound = [], inbound = [] } = peers
    this.#staticIds = new Set([...outbound.map(({ key }) => key), ...inbound].map(toHex))
    this.#bans = new BanLedger({ decayMs: limits.faultDecayMs })
    this.#addresses = new AddressExchange(init)
    this.#registry = this.#newRegistry()
    this.#budgets = new PeerBudgets(limits, clock)
    this.#table = new PeerTable({
      ownId: toHex(init.nodeKey.publicKey),
      random,
      retryMinMs: limits.redialMinMs,
      retryMaxMs: limits.redialMaxMs,
    })
    const bootstrap = (peers.bootstrap ?? []).map(parseBootstrapPeer)
    const maxDynamicOutbound =
      peers.maxDynamicOutbound ?? (bootstrap.length > 0 ? DEFAULT_MAX_DYNAMIC_OUTBOUND : 0)
    const [bans, registry, table] = [this.#bans, this.#registry, this.#table]
    this.#connector = new Connector({
      init,
      logger,
      serve: (ctx, connection, onPeer) => this.#server.serve(ctx, connection, onPeer),
    })
    this.#dynamic = new DynamicDialer({
      table,
      registry,
      bans,
      limits,
      connector: this.#connector,
      bootstrap,
      maxDynamicOutbound,
      isStatic: (id) => this.#isStatic(id),
    })
    const peerExchange = new PeerExchange({
      table,
      registry,
      limits,
      clock,
      ownAddress: () => dialableAt({ publicAddr: init.publicAddr, listening: o.listening() }),
      wantsPeers: () => this.#dynamic.wanted > 0,
    })
    this.#server = new ConnectionServer({
      services: {
        ...services,
        init,
        addresses: this.#addresses,
        peerExchange,
        wantsPeers: maxDynamicOutbound > 0,
      },
      registry,
      logger,
      isStatic: (id) => this.#isStatic(id),
      emit: (e) => o.emit(e),
      budgets: this.#budgets,
      onFault: (peer, fault) => this.#onFault(peer, fault),
    })
  }

  /** Connected peers, by their keys in hex. */
  get connected(): ReadonlyMap<string, Peer> {
    return this.#registry.peers
  }

  /** What is known beyond the connections. */
  inspect(): NetworkSnapshot {
    return networkSnapshot({
      table: this.#table,
      addresses: this.#addresses.known,
      bans: this.#bans,
      budgets: this.#budgets,
      registry: this.#registry,
      gossip: this.#o.services.gossip,
      now: this.#o.init.clock.now(),
    })
  }

  /** Serves a connection that was accepted. */
  serve(ctx: Ctx, connection: TransportConnection): Promise<void> {
    return this.#server.serve(ctx, connection)
  }

  /** To be called when a committee has changed. */
  committeeChanged(): void {
    this.#addresses.committeeChanged()
  }

  /** Starts everything that dials. */
  start(tasks: Scope): void {
    for (const peer of this.#staticPeers()) {
      tasks.spawnBackground((ctx) => this.#keepConnected(ctx, tasks, peer))
    }
    tasks.spawnBackground((ctx) => this.#dynamic.run(ctx, tasks))
    const { validator } = this.#o.init
    if (validator) this.#startValidator(tasks, validator)
  }

  #startValidator(tasks: Scope, validator: HelloSigner): void {
    const { init, logger } = this.#o
    const exchange = this.#addresses
    const { publicAddr, transport, nodeKey } = init
    if (publicAddr !== undefined) {
      const ownAddress = () => resolvePublicAddress(publicAddr, transport)
      const o = { init, validator, exchange, logger, ownAddress }
      tasks.spawnBackground((ctx) => runAnnouncer(ctx, o))
    }
    const dialer = {
      ownNodeKey: nodeKey.publicKey,
      ownValidatorKey: validator.publicKey,
      exchange,
      keepConnected: (ctx: Ctx, peer: StaticPeer) => this.#keepConnected(ctx, tasks, peer),
    }
    tasks.spawnBackground((ctx) => runValidatorDialer(ctx, tasks, dialer))
  }

  /** Keeps a peer connected; its connections are served by `tasks`, so that they outlive `ctx`. */
  async #keepConnected(ctx: Ctx, tasks: Scope, peer: StaticPeer): Promise<never> {
    const { init, warn } = this.#o
    const attempt = async (attemptCtx: Ctx): Promise<void> => {
      const done = tasks.spawnBackground((c) => this.#connector.connect(c, peer, { warn }))
      await attemptCtx.race(done.join())
    }
    const [bans, registry] = [this.#bans, this.#registry]
    return keepConnected(ctx, {
      id: toHex(peer.key),
      registry,
      bans,
      limits: init.limits,
      attempt,
    })
  }

  /** The configured peers, but for ourselves. */
  #staticPeers(): readonly StaticPeer[] {
    const { init, logger } = this.#o
    const ownId = toHex(init.nodeKey.publicKey)
    return (init.peers.outbound ?? []).filter(({ key, addr }) => {
      const isOwn = toHex(key) === ownId
      if (isOwn) logger.info('this node is among its own peers: skipped', { addr })
      return !isOwn
    })
  }

  #newRegistry(): PeerRegistry {
    const { init } = this.#o
    return new PeerRegistry({
      ownKey: init.nodeKey.publicKey,
      isStatic: (id) => this.#isStatic(id),
      isCommitteeMember: (carrier) => this.#addresses.isMember(carrier),
      maxDynamicInbound: init.peers.maxDynamicInbound ?? DEFAULT_MAX_DYNAMIC_INBOUND,
      limits: init.limits,
      bans: this.#bans,
      clock: init.clock,
    })
  }

  #isStatic(id: string): boolean {
    return this.#staticIds.has(id)
  }

  #onFault(peer: Peer, fault: PeerFault): void {
    const { init, logger, services, emit } = this.#o
    const { limits, clock } = init
    const isKnown = peer.isStatic || isMember(peer, init)
    const banMs = isKnown ? limits.banStaticMs : limits.banMs
    const charge = { points: pointsOf(fault), now: clock.now(), banMs }
    if (this.#bans.charge(peer.id, charge)) {
      services.metrics.onBanned(fault)
      logger.warn('banned a peer', { peer: formatPeerId(peer.key), fault, banMs })
    }
    if (fault === 'UNRESPONSIVE') return
    services.metrics.onMisbehaved(fault)
    emit({ type: 'peerMisbehaved', peer: peer.key, rule: fault })
  }
}
