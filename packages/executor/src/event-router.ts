import { ReplicaWarning, type InvariantViolation, type ReplicaEvent } from '@zkstack/bft'
import type { Clock, Logger, ZkStackError } from '@zkstack/concurrency'
import { toHex, type SignatureScheme } from '@zkstack/crypto'
import type { NetworkEvent } from '@zkstack/network'
import { formatNodePublicKey, formatValidatorPublicKey } from '@zkstack/roles'
import type { NodeEvents } from './consensus-node.js'
import { NodeError } from './errors.js'
import type { NodeMetrics } from './node-metrics.js'
import type { Reporter } from './reporter.js'

/** What {@link EventRouter} takes. */
export interface EventRouterInit {
  readonly reporter: Reporter
  readonly metrics: NodeMetrics
  readonly logger: Logger
  readonly clock: Clock
  readonly scheme: SignatureScheme
  readonly viewTimeoutMs: number
  peerCount(): number
}

type Refusal = Extract<NetworkEvent, { type: 'peerRefused' }>

/** Refused peers that are remembered, so that each is reported once and not with every attempt. */
const REMEMBERED_REFUSALS = 1_000

/** Turns what replica and network report into the node's events, warnings and metrics. */
export class EventRouter {
  readonly #o: EventRouterInit
  readonly #refused = new Map<string, string>()
  #view: { readonly number: bigint; readonly enteredAt: number } | undefined

  constructor(o: EventRouterInit) {
    this.#o = o
  }

  /** The view that the replica entered last in this process. */
  get view(): bigint | undefined {
    return this.#view?.number
  }

  onReplicaEvent(e: ReplicaEvent): void {
    const { reporter, metrics, clock, logger } = this.#o
    switch (e.type) {
      case 'viewEntered':
        this.#view = { number: e.view, enteredAt: clock.now() }
        return
      case 'finalized':
        if (this.#view?.number === e.view) metrics.finality(clock.now() - this.#view.enteredAt)
        return
      case 'viewTimeout':
        logger.info('the view timed out', { view: e.view, leader: this.#validator(e.leader) })
        reporter.events.emit('view:timeout', { view: e.view, leader: e.leader })
        return
      case 'misbehaved':
        reporter.warn(misbehaved(this.#validator(e.key), e.rule))
        return
      case 'evidence':
        logger.warn('a validator contradicted itself', {
          validator: this.#validator(e.key),
          conflict: e.conflict,
        })
        reporter.events.emit('evidence', {
          conflict: e.conflict,
          key: e.key,
          first: e.first,
          second: e.second,
        })
        return
      case 'invariant':
        this.onInvariant(e.violation)
        return
      case 'warning':
        reporter.warn(this.#explain(e.error))
    }
  }

  /** Another epoch rules, and its views begin anew. */
  onEpoch(e: NodeEvents['epoch:changed']): void {
    const { reporter, logger, metrics } = this.#o
    this.#view = undefined
    metrics.epoch(e.epoch)
    logger.info('an epoch begins', { epoch: e.epoch, role: e.role })
    reporter.events.emit('epoch:changed', e)
  }

  onInvariant(violation: InvariantViolation): void {
    this.#o.logger.error(`an invariant is broken: ${violation.message}`, { code: violation.code })
    this.#o.reporter.events.emit('invariant', violation)
  }

  onNetworkEvent(e: NetworkEvent): void {
    const { reporter, metrics, logger } = this.#o
    metrics.peers(this.#o.peerCount())
    switch (e.type) {
      case 'peerConnected':
        this.#refused.delete(toHex(e.peer.key))
        reporter.events.emit('peer:connected', e.peer)
        return
      case 'peerDisconnected':
        reporter.events.emit('peer:disconnected', { ...e.peer, code: e.code, text: e.text })
        return
      case 'peerRefused': {
        const { key: peer, direction, code, text, by } = e
        reporter.events.emit('peer:refused', { peer, direction, code, text, by })
        this.#onRefused(e)
        return
      }
      case 'peerMisbehaved':
        logger.warn('peer misbehaved', { peer: formatNodePublicKey(e.peer), rule: e.rule })
        reporter.events.emit('peer:misbehaved', { peer: e.peer, rule: e.rule })
        return
      case 'warning':
        reporter.warn(e.error)
    }
  }

  /** Says what to do about what the replica reports; errors of the guard say so themselves. */
  #explain(error: ZkStackError): ZkStackError {
    if (!(error instanceof ReplicaWarning)) return error
    if (error.cause instanceof NodeError) return error.cause
    if (error.code !== 'EXECUTION_LATE') return error
    return new NodeError(
      'EXECUTION_LATE',
      `the execution layer did not answer before the view ended: the view is skipped, or no vote cast. Make propose and verify faster, or raise timing.viewTimeoutMs (${this.#o.viewTimeoutMs}) on every node.`,
      { cause: error },
    )
  }

  /** A static peer is dialled again and again; the same refusal is reported once until it connects. */
  #onRefused(e: Refusal): void {
    const key = toHex(e.key)
    if (this.#refused.get(key) === e.code) return
    if (this.#refused.size >= REMEMBERED_REFUSALS) this.#refused.clear()
    this.#refused.set(key, e.code)
    // Both sides dialled: one connection stays, as it should.
    if (e.code === 'ALREADY_CONNECTED') return
    const message = `${whatOf(e)} ${formatNodePublicKey(e.key)}: ${e.code}, ${e.text}. ${remedyOf(e)}`
    this.#o.reporter.warn(new NodeError('PEER_REFUSED', message.trimEnd()))
  }

  #validator(key: Uint8Array): string {
    return formatValidatorPublicKey(key, this.#o.scheme)
  }
}

function misbehaved(validator: string, rule: string): NodeError {
  return new NodeError(
    'VALIDATOR_MISBEHAVED',
    `validator ${validator} sent what no honest one sends (${rule}); its messages are checked one by one from now on`,
  )
}

function whatOf({ code, by }: Refusal): string {
  // The line broke, or the peer ended: nobody refused anybody.
  if (code === 'LOST') return 'no hello with peer'
  return by === 'us' ? 'this node refused peer' : 'this node was refused by peer'
}

function remedyOf({ code, by }: Refusal): string {
  switch (code) {
    case 'GENESIS_MISMATCH':
      return 'Compare the genesis files of both nodes: they run different chains.'
    case 'VERSION':
      return 'Run the same protocol version on both nodes.'
    case 'BAD_SIGNATURE':
      return by === 'peer'
        ? 'Check options.validatorKey: the signer does not hold the key that it claims.'
        : 'Check the validator key of the peer: its signer does not hold the key that it claims.'
    case 'LIMIT':
      return by === 'peer'
        ? 'Ask for more room there (peers.maxDynamicInbound), or for a place in peers.inbound.'
        : 'Raise peers.maxDynamicInbound, or list the peer in peers.inbound.'
    default:
      return ''
  }
}
