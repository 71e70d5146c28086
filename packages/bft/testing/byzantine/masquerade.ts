import type { ConsensusMsg, Signed } from '@zkstack/roles'
import type { UntimedInput } from '../../src/runner/input-queue.js'
import type { ChonkyState } from '../../src/chonky/state.js'
import type { ActorInit, ActorInput, ActorOutput, ActorSend, ByzantineActor } from './actor.js'
import { Puppet } from './puppet.js'

/** What a member does otherwise than a correct one. */
export interface Deviation {
  /** What leaves instead of a message that a correct replica would send to all. Default: that message. */
  readonly send?: (message: ConsensusMsg, self: Masquerade) => readonly ActorSend[]
  /** What leaves besides, when a message has arrived and been handled. */
  readonly hear?: (message: Signed, self: Masquerade) => readonly ActorSend[]
  /** What leaves besides, when the member has entered a view. */
  readonly enter?: (self: Masquerade) => readonly ActorSend[]
}

/** Makes a member that behaves like a correct one but for a deviation. */
export function masquerade(init: ActorInit, deviation: Deviation): Masquerade {
  return new Masquerade(init, deviation)
}

/** A faulty member that follows the protocol with a {@link Puppet}, so that it is always where its lies matter. */
export class Masquerade implements ByzantineActor {
  readonly init: ActorInit
  readonly #deviation: Deviation
  readonly #puppet: Puppet
  #now = 0

  constructor(init: ActorInit, deviation: Deviation) {
    this.init = init
    this.#deviation = deviation
    this.#puppet = new Puppet(init)
  }

  /** The state that a correct replica would be in. */
  get state(): ChonkyState {
    return this.#puppet.state
  }

  get now(): number {
    return this.#now
  }

  /** Whether this member leads the view that it is in. */
  get leads(): boolean {
    return this.init.committee.leader(this.state.view) === this.init.index
  }

  /** Everybody else. */
  get others(): readonly number[] {
    return this.init.committee.everybody().filter((index) => index !== this.init.index)
  }

  /** The correct members. */
  get victims(): readonly number[] {
    return this.others.filter((index) => !this.init.coalition.includes(index))
  }

  /** The correct members in random order. */
  shuffledVictims(): readonly number[] {
    const { random } = this.init
    return this.victims
      .map((index) => ({ index, rank: random.uint32() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ index }) => index)
  }

  /** A random element. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.init.random.uint32() % Math.max(1, items.length)]
    if (item === undefined) throw new RangeError('items: there are none')
    return item
  }

  /** Signs a message as this member and sends it, by default to everybody and at once. */
  say(message: ConsensusMsg, to: readonly number[] = this.others, afterMs = 0): ActorSend {
    return this.forward(this.init.committee.sign(this.init.index, message), to, afterMs)
  }

  /** Sends what somebody signed. */
  forward(message: Signed, to: readonly number[] = this.others, afterMs = 0): ActorSend {
    return { type: 'send', message, to, at: this.#now + afterMs }
  }

  handle(input: ActorInput): readonly ActorOutput[] {
    this.#now = input.now
    const { view } = this.state
    const timer = this.#puppet.timer
    const outputs: ActorOutput[] = this.#follow(input).flatMap(
      (message) => this.#deviation.send?.(message, this) ?? [this.say(message)],
    )
    if (input.type === 'message') {
      outputs.push(...(this.#deviation.hear?.(input.message, this) ?? []))
    }
    if (this.state.view > view) outputs.push(...(this.#deviation.enter?.(this) ?? []))
    if (this.#puppet.timer !== timer) outputs.push({ type: 'wake', at: this.#puppet.timer })
    return outputs
  }

  #follow(input: ActorInput): readonly ConsensusMsg[] {
    if (input.type === 'tick') return this.#puppet.tick(input.now)
    const untimed: UntimedInput =
      input.type === 'start'
        ? { type: 'start' }
        : { type: 'message', message: input.message, carrier: input.carrier }
    return this.#puppet.input(untimed, input.now)
  }
}
