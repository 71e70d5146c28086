import { scope, yieldTurn, type Ctx } from '@zkstack/concurrency'
import { bytesEqual, toHex } from '@zkstack/crypto'
import { decodeValidatorAddresses, encodeValidatorAddresses } from '../codec.js'
import { committeesOf, isIn, isMember } from '../consensus/committees.js'
import type { NetworkInit } from '../network.js'
import { Notifier } from '../notifier.js'
import { mayPass, scopeOfIp } from '../peers/address-scope.js'
import type { Peer } from '../peers/peer.js'
import type { Throttle } from '../throttle.js'
import type { FrameStream } from '../transport/network-transport.js'
import { PassedOver } from './passed-over.js'
import { verifyValidatorAddress, type ValidatorAddress } from './validator-address.js'
import { ValidatorAddresses, type AddressJudge } from './validator-addresses.js'

/** Addresses in one frame: below its limit with the longest keys. */
const MAX_PER_FRAME = 200

/** What each peer is known to have, by validator. */
type Told = Map<string, ValidatorAddress>

/** Spreads the addresses of validators: what is new to us goes on to every peer that has not got it. */
export class AddressExchange {
  readonly known = new ValidatorAddresses()
  /** Fires when an address is new, and when the committees have changed. */
  readonly changed = new Notifier()
  /** Fires when the committees have changed. */
  readonly #committees = new Notifier()
  /** Those of validators that have left: the next committee may have them again, and nobody tells an address twice. */
  readonly #left = new PassedOver(MAX_PER_FRAME)
  readonly #init: NetworkInit
  readonly #told = new WeakMap<Peer, Told>()

  constructor(init: NetworkInit) {
    this.#init = init
  }

  /** Whether a validator is of a committee that counts now. */
  isMember(validatorKey: Uint8Array): boolean {
    return committeesOf(this.#init).some((committee) => isIn(committee, validatorKey))
  }

  /** Waits until the validator proven on a connection is of a committee that counts. */
  async untilMember(ctx: Ctx, peer: Peer): Promise<void> {
    while (!isMember(peer, this.#init)) await ctx.race(this.changed.wait())
  }

  /** To be called when a committee has changed. */
  committeeChanged(): void {
    const isMemberNow = (key: Uint8Array): boolean => this.isMember(key)
    for (const announced of this.known.retain(isMemberNow)) this.#left.keep(announced)
    for (const announced of this.#left.take(isMemberNow)) this.known.take(announced)
    this.#committees.notify()
    this.changed.notify()
  }

  /** Takes an announcement of our own. */
  announce(announced: ValidatorAddress): void {
    this.known.take(announced)
    this.changed.notify()
  }

  /** Waits until there is something to tell a peer. */
  async hasNews(ctx: Ctx, peer: Peer): Promise<void> {
    while (this.#newsFor(peer).length === 0) await ctx.race(this.changed.wait())
  }

  /** Tells a peer what it has not got: now, and whenever that changes. */
  async send(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.outgoing('addressRate')
    for (;;) {
      await this.hasNews(ctx, peer)
      await throttle.pass(ctx)
      const news = this.#newsFor(peer).slice(0, MAX_PER_FRAME)
      for (const announced of news) this.#note(peer, announced)
      await ctx.race(stream.send(encodeValidatorAddresses(news)))
    }
  }

  /** Takes what a peer tells, also of validators that turn out to be of a committee only later: it tells nothing twice. */
  async receive(ctx: Ctx, peer: Peer, stream: FrameStream): Promise<void> {
    const throttle = peer.budget.incoming('addressRate')
    const passedOver = new PassedOver(MAX_PER_FRAME)
    await scope(ctx, async (inner, tasks) => {
      tasks.spawnBackground((task) => this.#lookAgain(task, peer, { passedOver, throttle }))
      for (;;) {
        const frame = await inner.race(stream.receive())
        if (!frame) return
        await throttle.pass(inner)
        await this.#merge(inner, peer, decodeValidatorAddresses(frame), passedOver)
      }
    })
  }

  /** Looks again at what was passed over, whenever the committees have changed. */
  async #lookAgain(
    ctx: Ctx,
    peer: Peer,
    o: { readonly passedOver: PassedOver; readonly throttle: Throttle },
  ): Promise<never> {
    for (let change = this.#committees.wait(); ;) {
      await ctx.race(change)
      change = this.#committees.wait()
      const list = o.passedOver.take((key) => this.isMember(key))
      if (list.length === 0) continue
      await o.throttle.pass(ctx)
      await this.#merge(ctx, peer, list, o.passedOver)
    }
  }

  async #merge(
    ctx: Ctx,
    peer: Peer,
    list: readonly ValidatorAddress[],
    passedOver: PassedOver,
  ): Promise<void> {
    // an address inside of a network is of use to those inside only: from outside it is not even looked at
    const usable = list.filter((announced) => isPassable(announced, peer))
    const merging = this.known.merge(usable, this.#judge(passedOver))
    for (let step = merging.next(); ; step = merging.next()) {
      if (step.done === true) {
        if (step.value) peer.misbehaved(step.value, 'a list of validator addresses')
        return
      }
      this.#note(peer, step.value)
      this.changed.notify()
      await ctx.race(ctx.clock.yieldTurn?.() ?? yieldTurn())
    }
  }

  #judge(passedOver: PassedOver): AddressJudge {
    const { hash: genesisHash, scheme } = this.#init.genesis
    return {
      isMember: (key) => this.isMember(key),
      verify: (announced) => verifyValidatorAddress(announced, { genesisHash, scheme }),
      passOver: (announced) => {
        passedOver.keep(announced)
      },
    }
  }

  #newsFor(peer: Peer): readonly ValidatorAddress[] {
    const told = this.#told.get(peer)
    return this.known.all.filter(
      (announced) =>
        told?.get(toHex(announced.validatorKey)) !== announced &&
        isPassable(announced, peer) &&
        !(peer.carrier && bytesEqual(peer.carrier, announced.validatorKey)),
    )
  }

  #note(peer: Peer, announced: ValidatorAddress): void {
    const told: Told = this.#told.get(peer) ?? new Map<string, ValidatorAddress>()
    this.#told.set(peer, told.set(toHex(announced.validatorKey), announced))
  }
}

function isPassable({ address }: ValidatorAddress, peer: Peer): boolean {
  const scope = scopeOfIp(address.addr.ip)
  return scope !== undefined && peer.seenAt !== undefined && mayPass(scope, peer.seenAt)
}
