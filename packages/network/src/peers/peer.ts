import type { Ctx } from '@zkstack/concurrency'
import { bytesEqual, DecodeError, toHex } from '@zkstack/crypto'
import { parseSocketAddress, type NodePublicKey } from '@zkstack/roles'
import type { AnnouncedRange } from '../codec.js'
import { NetworkError } from '../errors.js'
import { goodbye, type Goodbye } from '../goodbye.js'
import type { HelloResult } from '../hello/hello.js'
import type { PeerInfo } from '../network.js'
import { Notifier } from '../notifier.js'
import { formatPeerId } from '../peer-id.js'
import { scopeOfIp, type AddressScope } from './address-scope.js'
import type { PeerFault, PeerRule } from './fault.js'
import type { PeerBudget } from './peer-budgets.js'
import type { TransportConnection } from '../transport/network-transport.js'

/** A peer whose hello is complete: one connection and what is known about the other side. */
export class Peer {
  readonly key: NodePublicKey
  /** The key in hex, by which maps know the peer. */
  readonly id: string
  /** The id and the number of the connection: what belongs to one connection must not meet the next one. */
  readonly name: string
  readonly connection: TransportConnection
  readonly carrier: Uint8Array | undefined
  readonly isStatic: boolean
  readonly budget: PeerBudget
  /** Where we see it; undefined when that cannot be judged. */
  readonly seenAt: AddressScope | undefined
  /** Fires when the liveness of the connection is doubted: ping now. */
  readonly doubted = new Notifier()
  range: AnnouncedRange | undefined
  rttMs: number | undefined
  /** What broke first, when nobody has said goodbye. */
  lostBecause: string | undefined
  readonly #hello: HelloResult
  readonly #ctx: Ctx
  readonly #onFault: (peer: Peer, fault: PeerFault) => void
  #end: Goodbye | undefined

  /** @param ctx ends with the connection, and is cancelled to end it. */
  constructor(o: {
    readonly ctx: Ctx
    readonly serial: number
    readonly connection: TransportConnection
    readonly hello: HelloResult
    readonly isStatic: boolean
    readonly budget: PeerBudget
    readonly onFault: (peer: Peer, fault: PeerFault) => void
  }) {
    this.key = o.connection.remote
    this.id = toHex(this.key)
    this.name = `${this.id}#${o.serial}`
    this.connection = o.connection
    this.carrier = o.hello.carrier
    this.isStatic = o.isStatic
    this.budget = o.budget
    const seen = parseSocketAddress(o.connection.remoteAddress)
    this.seenAt = seen && scopeOfIp(seen.ip)
    this.#hello = o.hello
    this.#ctx = o.ctx
    this.#onFault = o.onFault
  }

  /** Why the connection ends; undefined while it lives. */
  get end(): Goodbye | undefined {
    return this.#end
  }

  /** Ends the connection; the first reason counts. */
  disconnect(reason: Goodbye): void {
    this.#end ??= reason
    this.#ctx.cancel()
  }

  /** Ends the connection because the peer broke a rule. */
  misbehaved(rule: PeerRule, text: string): void {
    if (this.#end) return
    this.disconnect(goodbye('MISBEHAVED', `${rule}: ${text}`))
    this.#onFault(this, rule)
  }

  /** Ends the connection because an answer did not come in time. */
  unresponsive(text: string): void {
    if (this.#end) return
    this.disconnect(goodbye('UNRESPONSIVE', text))
    this.#onFault(this, 'UNRESPONSIVE')
  }

  /**
   * Ends the connection for an error that the peer or the line has caused.
   * @throws the error, when neither has: then it is a bug of ours or a failure of the store.
   */
  failed(e: unknown): void {
    if (e instanceof DecodeError) this.misbehaved('MALFORMED', e.message)
    else if (!(e instanceof NetworkError)) throw e
    else if (e.code === 'NETWORK_FRAME_TOO_LARGE') this.misbehaved('FRAME_TOO_LARGE', e.message)
    else if (e.code === 'NETWORK_TIMEOUT') this.unresponsive(e.message)
    else this.#lose(e.message)
  }

  /** A line broke. The peer may have said why, so that its reason still counts. */
  #lose(text: string): void {
    this.lostBecause ??= text
    this.#ctx.cancel()
  }

  /** Whether this is the node with that key. */
  is(key: NodePublicKey | undefined): boolean {
    return key !== undefined && bytesEqual(key, this.key)
  }

  info(): PeerInfo {
    return {
      key: this.key,
      peerId: formatPeerId(this.key),
      direction: this.connection.direction,
      address: this.connection.remoteAddress,
      carrier: this.carrier,
      buildVersion: this.#hello.buildVersion,
      range: this.range,
      rttMs: this.rttMs,
      isStatic: this.isStatic,
    }
  }
}
