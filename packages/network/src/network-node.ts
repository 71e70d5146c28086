import {
  errorOf,
  isCanceled,
  scope,
  silentLogger,
  type Ctx,
  type Logger,
  type ZkStackError,
} from '@zkstack/concurrency'
import type { EpochVote, NodePublicKey, Signed } from '@zkstack/roles'
import { Outbox } from './consensus/outbox.js'
import { EpochCertificates } from './epochs/epoch-certificates.js'
import { EpochVotes } from './epochs/epoch-votes.js'
import { NetworkError } from './errors.js'
import { NetworkMetrics } from './network-metrics.js'
import type { NetworkSnapshot } from './network-snapshot.js'
import type { FallbackStatus, Network, NetworkEvent, NetworkInit, PeerInfo } from './network.js'
import { PeerManager } from './peers/peer-manager.js'
import { RefusedConnections } from './refused-connections.js'
import { FallbackFeed } from './sync/fallback-feed.js'
import { SyncRunner } from './sync/sync-runner.js'
import { TransactionGossip } from './transactions/transaction-gossip.js'
import type { RefusedConnection, TransportConnection } from './transport/network-transport.js'

/** The network of one node: joins the transport with the protocols. */
export class NetworkNode implements Network {
  addresses: string[] = []
  readonly #init: NetworkInit
  readonly #logger: Logger
  readonly #outbox: Outbox
  readonly #epochVotes: EpochVotes
  readonly #epochCertificates: EpochCertificates
  readonly #gossip: TransactionGossip
  readonly #sync: SyncRunner
  readonly #fallback: FallbackFeed | undefined
  readonly #metrics: NetworkMetrics
  readonly #peers: PeerManager
  readonly #refused: RefusedConnections
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
    this.#epochVotes = new EpochVotes(init)
    this.#epochCertificates = new EpochCertificates(init)
    this.#metrics = new NetworkMetrics(init.metrics)
    this.#refused = new RefusedConnections({
      clock: init.clock,
      logger: this.#logger,
      metrics: this.#metrics,
    })
    this.#gossip = new TransactionGossip(init, this.#metrics)
    this.#sync = new SyncRunner(init, this.#metrics)
    this.#fallback =
      init.fallback &&
      new FallbackFeed({
        source: init.fallback,
        init,
        sync: this.#sync,
        warn: (error) => this.#warn(error),
      })
    this.#peers = new PeerManager({
      init,
      services: {
        outbox: this.#outbox,
        gossip: this.#gossip,
        sync: this.#sync,
        metrics: this.#metrics,
        epochVotes: this.#epochVotes,
        epochCertificates: this.#epochCertificates,
      },
      logger: this.#logger,
      listening: () => this.addresses,
      emit: (e) => this.#emit(e),
      warn: (error) => this.#warn(error),
    })
  }

  /** For the transport: takes an accepted connection. */
  onConnection(connection: TransportConnection): void {
    if (this.#accept) this.#accept(connection)
    else if (this.#closing) connection.abort(new Error('the node stops'))
    else this.#waiting.push(connection)
  }

  /** For the transport: notes a connection that it did not let in. */
  onRefused(refused: RefusedConnection): void {
    this.#refused.add(refused)
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

  announceEpochVote(vote: EpochVote): void {
    this.#epochVotes.announce(vote)
  }

  wantEpochCertificate(epoch: bigint): void {
    this.#epochCertificates.want(epoch)
  }

  committeeChanged(): void {
    this.#outbox.committeesChanged()
    this.#peers.committeeChanged()
  }

  gossipTransaction(tx: Uint8Array, except?: NodePublicKey): void {
    this.#gossip.gossip(tx, except)
  }

  peers(): PeerInfo[] {
    return [...this.#peers.connected.values()].map((peer) => peer.info())
  }

  inspect(): NetworkSnapshot {
    return this.#peers.inspect()
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
          tasks.spawnBackground((taskCtx) => this.#peers.serve(taskCtx, connection))
        }
        for (const connection of this.#waiting.splice(0)) this.#accept(connection)
        this.#peers.start(tasks)
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
