import {
  errorOf,
  isCanceled,
  scope,
  silentLogger,
  type Ctx,
  type Logger,
  type ZkStackError,
} from '@zkstack/concurrency'
import { toHex } from '@zkstack/crypto'
import type { NodePublicKey, Signed } from '@zkstack/roles'
import type { BlockSource } from '@zkstack/storage'
import { committeesOf, isIn, isMember } from './consensus/committees.js'
import { Outbox } from './consensus/outbox.js'
import { isNetworkError, NetworkError } from './errors.js'
import { NetworkMetrics } from './network-metrics.js'
import type {
  FallbackStatus,
  Network,
  NetworkEvent,
  NetworkInit,
  PeerInfo,
  StaticPeer,
} from './network.js'
import { formatPeerId } from './peer-id.js'
import { BanLedger } from './peers/ban-ledger.js'
import { ConnectionServer } from './peers/connection-server.js'
import { keepConnected } from './peers/dialer.js'
import { pointsOf, type PeerFault } from './peers/fault.js'
import { PeerBudgets } from './peers/peer-budgets.js'
import type { Peer } from './peers/peer.js'
import { PeerRegistry } from './peers/peer-registry.js'
import { FallbackFeed } from './sync/fallback-feed.js'
import { SyncRunner } from './sync/sync-runner.js'
import { TransactionGossip } from './transactions/transaction-gossip.js'
import type { TransportConnection } from './transport/network-transport.js'

/** Upstream's default for networks with strangers. */
const DEFAULT_MAX_DYNAMIC_INBOUND = 100

/** The network of one node: joins the transport with the protocols. */
export class NetworkNode implements Network {
  addresses: string[] = []
  readonly #init: NetworkInit
  readonly #logger: Logger
  readonly #outbox: Outbox
  readonly #gossip: TransactionGossip
  readonly #sync: SyncRunner
  readonly #fallback: FallbackFeed | undefined
  readonly #metrics: NetworkMetrics
  readonly #bans: BanLedger
  readonly #registry: PeerRegistry
  readonly #server: ConnectionServer
  /** Takes an accepted connection; before `run`, connections wait. */
  #accept: ((connection: TransportConnection) => void) | undefined
  readonly #waiting: TransportConnection[] = []
  #life: Ctx | undefined
  #run: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(init: NetworkInit) {
    this.#init = init
    this.#logger = init.logger ?? silentLogger
    this.#outbox = new Outbox(init.limits)
    this.#gossip = new TransactionGossip(init)
    this.#metrics = new NetworkMetrics(init.metrics)
    this.#sync = new SyncRunner(init, this.#metrics)
    this.#fallback = init.fallback && this.#feedOf(init.fallback)
    this.#bans = new BanLedger({ decayMs: init.limits.faultDecayMs })
    const {
      outbound = [],
      inbound = [],
      maxDynamicInbound = DEFAULT_MAX_DYNAMIC_INBOUND,
    } = init.peers
    const staticIds = new Set([...outbound.map(({ key }) => key), ...inbound].map(toHex))
    this.#registry = new PeerRegistry({
      ownKey: init.nodeKey.publicKey,
      isStatic: (id) => staticIds.has(id),
      isCommitteeMember: (carrier) =>
        committeesOf(init).some((committee) => isIn(committee, carrier)),
      maxDynamicInbound,
      limits: init.limits,
      bans: this.#bans,
      clock: init.clock,
    })
    this.#server = new ConnectionServer({
      services: {
        init,
        outbox: this.#outbox,
        gossip: this.#gossip,
        sync: this.#sync,
        metrics: this.#metrics,
      },
      registry: this.#registry,
      logger: this.#logger,
      isStatic: (id) => staticIds.has(id),
      emit: (e) => this.#emit(e),
      budgets: new PeerBudgets(init.limits, init.clock),
      onFault: (peer, fault) => this.#onFault(peer, fault),
    })
  }

  /** For the transport: takes an accepted connection. */
  onConnection(connection: TransportConnection): void {
    if (this.#accept) this.#accept(connection)
    else if (this.#closing) connection.abort(new Error('the node stops'))
    else this.#waiting.push(connection)
  }

  broadcast(message: Signed): void {
    if (this.#outbox.offer(message) !== 'tooLarge') return
    this.#warn(
      new NetworkError(
        'NETWORK_FRAME_TOO_LARGE',
        'a message above the limit of its chain was not sent',
      ),
    )
  }

  committeeChanged(): void {
    this.#outbox.changed.notify()
  }

  gossipTransaction(tx: Uint8Array, except?: NodePublicKey): void {
    this.#gossip.gossip(tx, except)
  }

  peers(): PeerInfo[] {
    return [...this.#registry.peers.values()].map((peer) => peer.info())
  }

  fallback(): FallbackStatus | undefined {
    return this.#fallback?.status
  }

  run(ctx: Ctx): Promise<void> {
    if (this.#run || this.#closing) return Promise.reject(new TypeError('a network runs once'))
    const life = ctx.child()
    this.#life = life
    this.#run = this.#serve(life)
    return this.#run
  }

  async stop(): Promise<void> {
    this.#life?.cancel()
    // what ended it is for the caller of `run`
    await this.#run?.catch(() => undefined)
    await this.#close()
  }

  async #serve(life: Ctx): Promise<void> {
    try {
      await scope(life, async (ctx, tasks) => {
        tasks.spawnBackground((taskCtx) => this.#sync.run(taskCtx))
        const fallback = this.#fallback
        if (fallback) tasks.spawnBackground((taskCtx) => fallback.run(taskCtx))
        this.#accept = (connection) => {
          tasks.spawnBackground((taskCtx) => this.#server.serve(taskCtx, connection))
        }
        for (const connection of this.#waiting.splice(0)) this.#accept(connection)
        for (const peer of this.#init.peers.outbound ?? []) {
          tasks.spawnBackground((taskCtx) => this.#keepConnected(taskCtx, peer))
        }
        ctx.onCancel(() => (this.#accept = undefined))
        await ctx.race(new Promise<never>(() => undefined))
      })
    } catch (e) {
      if (!isCanceled(e)) throw e
    } finally {
      life[Symbol.dispose]()
      await this.#close()
    }
  }

  async #keepConnected(ctx: Ctx, peer: StaticPeer): Promise<void> {
    const { limits, nodeKey } = this.#init
    const id = toHex(peer.key)
    if (id === toHex(nodeKey.publicKey)) {
      this.#logger.info('this node is among its own peers: skipped', { addr: peer.addr })
      return
    }
    const attempt = (attemptCtx: Ctx): Promise<void> => this.#connect(attemptCtx, peer)
    await keepConnected(ctx, { id, registry: this.#registry, bans: this.#bans, limits, attempt })
  }

  async #connect(ctx: Ctx, peer: StaticPeer): Promise<void> {
    const connection = await this.#dial(ctx, peer)
    if (connection) await this.#server.serve(ctx, connection)
  }

  /** One attempt; a failure is reported and undefined. */
  async #dial(ctx: Ctx, { key, addr }: StaticPeer): Promise<TransportConnection | undefined> {
    using patience = ctx.child({ timeoutMs: this.#init.limits.dialTimeoutMs })
    const dial = this.#init.transport.dial(addr, key, { signal: patience.signal })
    try {
      return await patience.race(dial)
    } catch (e) {
      // it may still come after we have given up
      void dial
        .then((late) => late.abort(new Error('the dial was given up')))
        .catch(() => undefined)
      ctx.throwIfCanceled()
      if (!patience.canceled && !(e instanceof NetworkError)) throw e
      const reason = patience.canceled ? 'no answer in time' : errorOf(e).message
      this.#logger.info('cannot connect to a peer', { peer: formatPeerId(key), addr, reason })
      if (isNetworkError(e, 'NETWORK_WRONG_PEER')) this.#warn(e)
      return undefined
    }
  }

  #onFault(peer: Peer, fault: PeerFault): void {
    const { limits, clock } = this.#init
    const isKnown = peer.isStatic || isMember(peer, this.#init)
    const banMs = isKnown ? limits.banStaticMs : limits.banMs
    const isBanned = this.#bans.charge(peer.id, {
      points: pointsOf(fault),
      now: clock.now(),
      banMs,
    })
    if (isBanned) this.#logger.warn('banned a peer', { peer: formatPeerId(peer.key), fault, banMs })
    if (fault === 'UNRESPONSIVE') return
    this.#metrics.onMisbehaved(fault)
    this.#emit({ type: 'peerMisbehaved', peer: peer.key, rule: fault })
  }

  #feedOf(source: BlockSource): FallbackFeed {
    const warn = (error: NetworkError): void => this.#warn(error)
    return new FallbackFeed({ source, init: this.#init, sync: this.#sync, warn })
  }

  #warn(error: ZkStackError): void {
    this.#logger.warn(error.message, { code: error.code })
    this.#emit({ type: 'warning', error })
  }

  #emit(event: NetworkEvent): void {
    try {
      this.#init.onEvent(event)
    } catch (e) {
      this.#logger.error('a listener of network events threw', {
        event: event.type,
        error: errorOf(e),
      })
    }
  }

  #close(): Promise<void> {
    this.#closing ??= this.#init.transport.stop()
    return this.#closing
  }
}
