import type { Ctx, Logger } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { decodeHelloFrame } from '../codec.js'
import { NetworkError } from '../errors.js'
import { goodbye, goodbyeOfPeer, type Goodbye, type GoodbyeCode } from '../goodbye.js'
import { farewell, greet, type Greeting } from '../hello/greet.js'
import type { HelloResult } from '../hello/hello.js'
import type { NetworkEvent } from '../network.js'
import { Patience } from '../patience.js'
import { formatPeerId } from '../peer-id.js'
import { Throttle } from '../throttle.js'
import type { FrameStream, TransportConnection } from '../transport/network-transport.js'
import type { PeerFault } from './fault.js'
import type { PeerBudget, PeerBudgets } from './peer-budgets.js'
import { Peer } from './peer.js'
import type { PeerRegistry } from './peer-registry.js'
import { runSession, type SessionServices } from './peer-session.js'

/** What a {@link ConnectionServer} works with. */
export interface ConnectionServerInit {
  readonly services: SessionServices
  readonly registry: PeerRegistry
  readonly logger: Logger
  readonly isStatic: (id: string) => boolean
  emit(e: NetworkEvent): void
  readonly budgets: PeerBudgets
  onFault(peer: Peer, fault: PeerFault): void
}

/** How long the last words of a peer may take after its connection has ended. */
const LAST_WORDS_MS = 1_000

/** What every restart and every port scan causes: not worth more than a debug line. */
const ordinary: ReadonlySet<GoodbyeCode> = new Set([
  'LOST',
  'TIMEOUT',
  'ALREADY_CONNECTED',
  'SHUTDOWN',
])

/** Leads a connection from its hello to its goodbye. */
export class ConnectionServer {
  readonly #o: ConnectionServerInit
  readonly #strangers: Throttle
  #serial = 0

  constructor(o: ConnectionServerInit) {
    this.#o = o
    const { clock, limits } = o.services.init
    this.#strangers = new Throttle(limits.helloRate, clock)
  }

  /** Serves a connection until it or `ctx` ends; a failure of the store or a bug is thrown. */
  async serve(
    ctx: Ctx,
    connection: TransportConnection,
    onPeer?: (peer: Peer) => void,
  ): Promise<void> {
    const { registry } = this.#o
    const isStranger = this.#isStranger(connection)
    const isTooOften = isStranger && !this.#budgetOf(connection).incoming('greetingRate').tryPass()
    if (isTooOften || !registry.begin(connection)) {
      connection.abort(new Error('too many connections at once'))
      return
    }
    using life = ctx.child()
    try {
      if (isStranger) await this.#strangers.pass(life)
      const peer = await this.#greet(life, connection)
      if (!peer) return
      onPeer?.(peer.peer)
      await this.#serve(life, peer.peer, peer.stream)
    } finally {
      registry.settled(connection)
      connection.abort(new Error('the connection has ended'))
    }
  }

  #isStranger({ direction, remote }: TransportConnection): boolean {
    return direction === 'inbound' && !this.#o.isStatic(toHex(remote))
  }

  #budgetOf({ remote }: TransportConnection): PeerBudget {
    return this.#o.budgets.of(toHex(remote))
  }

  /** The hello; undefined when either side refused. */
  async #greet(
    life: Ctx,
    connection: TransportConnection,
  ): Promise<{ readonly peer: Peer; readonly stream: FrameStream } | undefined> {
    const { services, registry, isStatic, onFault } = this.#o
    const { init } = services
    const hello = {
      genesis: init.genesis,
      validator: init.validator,
      buildVersion: init.buildVersion,
      chainHead: init.blocks.range.value.next,
      admit: ({ carrier }: HelloResult) => registry.judge(life, connection, carrier),
    }
    const { stream, outcome } = await greet(life, connection, { limits: init.limits, hello })
    if (!outcome.ok || !stream) {
      await this.#refused(connection, outcome)
      return undefined
    }
    const peer = new Peer({
      ctx: life,
      serial: ++this.#serial,
      connection,
      hello: outcome.value,
      isStatic: isStatic(toHex(connection.remote)),
      budget: this.#budgetOf(connection),
      onFault,
    })
    const refusal = registry.activate(peer)
    registry.settled(connection)
    if (!refusal) return { peer, stream }
    await farewell(life.clock, { stream, connection }, { reason: refusal })
    await this.#refused(connection, { ok: false, error: refusal })
    return undefined
  }

  async #refused(connection: TransportConnection, outcome: Greeting['outcome']): Promise<void> {
    if (outcome.ok) return
    const { logger, emit, services } = this.#o
    const { code, text, by } = outcome.error
    const { remote: key, direction, remoteAddress: address } = connection
    const fields = { peer: formatPeerId(key), direction, address, code, by, text }
    if (ordinary.has(code)) logger.debug('a connection ended in its hello', fields)
    else logger.warn(by === 'us' ? 'refused a peer' : 'a peer refuses us', fields)
    services.metrics.onRefused(code)
    emit({ type: 'peerRefused', key, direction, code, text, by })
    await connection.close()
  }

  async #serve(life: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const { registry, services, emit, logger } = this.#o
    const lastWords = this.#listen(peer, stream)
    services.gossip.connected(peer)
    const { carrier, direction, address } = peer.info()
    logger.info('connected', {
      peer: formatPeerId(peer.key),
      direction,
      address,
      validator: carrier,
    })
    this.#warnOfTwin(peer)
    emit({ type: 'peerConnected', peer: peer.info() })
    services.metrics.onPeers(registry.peers.values())
    try {
      await runSession(life, peer, services)
    } finally {
      registry.remove(peer)
      services.gossip.gone(peer)
      services.sync.gone(peer.name)
      services.metrics.onPeers(registry.peers.values())
    }
    const reason = await this.#reason(life, peer, lastWords)
    if (reason.by === 'us') {
      const { connection } = peer
      await farewell(life.clock, { stream, connection }, { reason, lastWords })
    }
    await peer.connection.close()
    await lastWords
    const { code, text, by } = reason
    logger.info('disconnected', { peer: formatPeerId(peer.key), code, by, text })
    services.metrics.onEnded(code)
    emit({ type: 'peerDisconnected', peer: peer.info(), code, text, by })
  }

  /** Two nodes with one validator key vote against each other sooner or later. */
  #warnOfTwin({ key, carrier }: Peer): void {
    const { validator } = this.#o.services.init
    if (!carrier || !validator || !bytesEqual(carrier, validator.publicKey)) return
    const message = `${formatPeerId(key)} runs with our validator key: stop one of the two nodes`
    this.#o.logger.error(message)
    this.#o.emit({ type: 'warning', error: new NetworkError('NETWORK_TWIN_VALIDATOR', message) })
  }

  /** Listens for the peer's goodbye, which ends the connection. */
  async #listen(peer: Peer, stream: FrameStream): Promise<void> {
    try {
      const bytes = await stream.receive()
      if (!bytes) return
      const frame = decodeHelloFrame(bytes)
      if (frame.kind === 'goodbye') peer.disconnect(goodbyeOfPeer(frame.code, frame.text))
      else peer.misbehaved('MALFORMED', `${frame.kind} after the hello`)
    } catch (e) {
      peer.failed(e)
    }
  }

  /** Why the connection has ended: what we said, else what the peer said, else that it broke. */
  async #reason(life: Ctx, peer: Peer, lastWords: Promise<void>): Promise<Goodbye> {
    if (!peer.end && life.canceled && peer.lostBecause === undefined) {
      return goodbye('SHUTDOWN', 'the node stops')
    }
    if (!peer.end) {
      using patience = new Patience(life.clock, LAST_WORDS_MS)
      await Promise.race([lastWords, patience.over])
    }
    return (
      peer.end ?? { code: 'LOST', text: peer.lostBecause ?? 'the connection broke', by: 'peer' }
    )
  }
}
