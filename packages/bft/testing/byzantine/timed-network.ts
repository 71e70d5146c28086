import { seededRandom } from '@zkstack/concurrency'
import type { Signed } from '@zkstack/roles'
import type { BlameRule, ConflictKind } from '../../src/chonky/effect.js'
import type { Committee } from '../committee.js'
import type { FinalizedBlock } from '../invariants.js'
import { StepReplica } from '../step-replica.js'
import type { StepReplicaOptions } from '../step-replica.js'
import type { ActorInput, ActorKind, ActorPayloads, ByzantineActor } from './actor.js'
import { EventQueue } from './event-queue.js'
import type { LinkModel } from './link-model.js'

/** Options of {@link createTimedNetwork}. */
export interface TimedNetworkOptions {
  readonly committee: Committee
  readonly seed: string | number
  readonly links: LinkModel
  /** Faulty members by validator index; all others are correct. Default: none. */
  readonly actors?: ReadonlyMap<number, ActorKind>
  readonly viewTimeoutMs: number
  /** How often a correct member asks another for blocks, in milliseconds. */
  readonly syncMs: number
  /** How long a correct member takes for a check of signatures, one after the other, in milliseconds; default 0: no time. */
  readonly checkMs?: number
  readonly payloads: ActorPayloads
  readonly maxPayloadBytes?: number
  /** Further options of the correct members. */
  readonly replica?: (index: number) => Partial<StepReplicaOptions>
}

/** A correct replica's verdict on a member. */
export interface Conviction {
  readonly by: number
  readonly validator: number
  readonly rule: BlameRule | ConflictKind
}

type NetworkEvent =
  | {
      readonly type: 'arrive'
      readonly from: number
      readonly to: number
      readonly message: Signed
    }
  | { readonly type: 'leave'; readonly from: number; readonly to: number; readonly message: Signed }
  | { readonly type: 'wake'; readonly member: number }
  | { readonly type: 'sync'; readonly member: number }
  | { readonly type: 'check'; readonly member: number }

/** Makes a network that stands at time 0 with nobody started; call `run`. */
export function createTimedNetwork(o: TimedNetworkOptions): TimedNetwork {
  return new TimedNetwork(o)
}

/**
 * Replicas and faulty members in virtual time: messages take as long as the links say, timers fire when they are due, and
 * blocks are synced from one correct member to another. One seed gives one run.
 */
export class TimedNetwork {
  readonly committee: Committee
  /** The correct members by validator index. */
  readonly replicas: ReadonlyMap<number, StepReplica>
  /** Everything that correct members sent, in order. */
  readonly sent: Signed[] = []
  readonly finalized: (FinalizedBlock & { readonly at: number; readonly view: bigint })[] = []
  readonly convictions: Conviction[] = []
  /** Called after each event with the correct member whose state it changed. */
  onChange: (replica: StepReplica) => void = () => undefined
  now = 0
  readonly #o: TimedNetworkOptions
  readonly #actors = new Map<number, ByzantineActor>()
  readonly #events = new EventQueue<NetworkEvent>()
  readonly #timers = new Map<number, number>()
  /** Members that are checking. */
  readonly #checking = new Set<number>()
  #started = false

  constructor(o: TimedNetworkOptions) {
    this.#o = o
    this.committee = o.committee
    const replicas = new Map<number, StepReplica>()
    const coalition = [...(o.actors?.keys() ?? [])]
    for (const index of o.committee.everybody()) {
      const kind = o.actors?.get(index)
      if (kind === undefined) replicas.set(index, this.#createReplica(index))
      else this.#actors.set(index, this.#createActor(index, kind, coalition))
    }
    this.replicas = replicas
  }

  /** Runs until a time, or until `done`, which is asked after each event; says whether it was. */
  run(until: number, done: () => boolean = () => false): boolean {
    if (!this.#started) this.#start()
    for (;;) {
      if (done()) return true
      const at = this.#events.nextAt
      if (at === undefined || at > until) break
      const event = this.#events.shift()
      this.now = Math.max(this.now, at)
      if (event !== undefined) this.#happen(event)
    }
    this.now = until
    return done()
  }

  get #checkMs(): number {
    return this.#o.checkMs ?? 0
  }

  #createReplica(index: number): StepReplica {
    const { committee, payloads, viewTimeoutMs, maxPayloadBytes = 1000 } = this.#o
    return new StepReplica({
      committee,
      index,
      viewTimeoutMs,
      maxPayloadBytes,
      holdChecks: this.#checkMs > 0,
      execution: { propose: (_, number) => payloads.valid(number, index) },
      ...this.#o.replica?.(index),
    })
  }

  #createActor(index: number, kind: ActorKind, coalition: readonly number[]): ByzantineActor {
    const { committee, seed, viewTimeoutMs, payloads, maxPayloadBytes = 1000 } = this.#o
    const random = seededRandom(`${seed}/actor/${index}`)
    return kind.create({
      ...{ committee, index, coalition, random, viewTimeoutMs, maxPayloadBytes, payloads },
    })
  }

  #start(): void {
    this.#started = true
    for (const index of this.replicas.keys()) {
      this.#act(index, (replica) => replica.start())
      this.#events.add(this.#o.syncMs, { type: 'sync', member: index })
    }
    for (const index of this.#actors.keys()) this.#play(index, { type: 'start', now: this.now })
  }

  #happen(event: NetworkEvent): void {
    switch (event.type) {
      case 'leave':
        return this.#post(event)
      case 'arrive': {
        const { from: carrier, to, message } = event
        if (this.#actors.has(to))
          this.#play(to, { type: 'message', now: this.now, message, carrier })
        else this.#act(to, (replica) => replica.receive(message, carrier))
        return
      }
      case 'wake': {
        const { member } = event
        if (this.#actors.has(member)) this.#play(member, { type: 'tick', now: this.now })
        else if (this.#timers.get(member) === this.now) {
          this.#act(member, (replica) => replica.input({ type: 'tick' }))
        }
        return
      }
      case 'check':
        this.#checking.delete(event.member)
        this.#act(event.member, (replica) => replica.runChecks(1))
        return
      case 'sync':
        this.#sync(event.member)
        this.#events.add(this.now + this.#o.syncMs, event)
    }
  }

  #play(index: number, input: ActorInput): void {
    for (const output of this.#actors.get(index)?.handle(input) ?? []) {
      const at = Math.max(output.at, this.now)
      if (output.type === 'wake') {
        if (at < Infinity) this.#events.add(at, { type: 'wake', member: index })
        continue
      }
      const { message } = output
      for (const to of output.to) {
        if (to === index) continue
        const leaving = { from: index, to, message }
        if (at > this.now) this.#events.add(at, { type: 'leave', ...leaving })
        else this.#post(leaving)
      }
    }
  }

  #act(index: number, what: (replica: StepReplica) => void): void {
    const replica = this.replicas.get(index)
    if (replica === undefined) throw new RangeError(`index: ${index} is not a correct member`)
    const before = replica.effects.length
    replica.now = this.now
    what(replica)
    this.#note(replica, before)
    for (const message of replica.takeSent()) {
      this.sent.push(message)
      for (const to of this.committee.everybody()) {
        if (to !== index) this.#post({ from: index, to, message })
      }
    }
    if (replica.timer !== undefined && replica.timer !== this.#timers.get(index)) {
      this.#timers.set(index, replica.timer)
      this.#events.add(replica.timer, { type: 'wake', member: index })
    }
    if (replica.heldChecks.length > 0 && !this.#checking.has(index)) {
      this.#checking.add(index)
      this.#events.add(this.now + this.#checkMs, { type: 'check', member: index })
    }
    this.onChange(replica)
  }

  #note(replica: StepReplica, before: number): void {
    const by = replica.index
    for (let i = before; i < replica.effects.length; i += 1) {
      const effect = replica.effects[i]
      if (effect?.type === 'finalized') {
        const { header, view } = effect
        this.finalized.push({ node: by, ...header, view, at: this.now })
      } else if (effect?.type === 'blamed') {
        this.convictions.push({ by, validator: effect.validator, rule: effect.rule })
      } else if (effect?.type === 'evidence') {
        this.convictions.push({ by, validator: effect.validator, rule: effect.conflict })
      }
    }
  }

  #post({ from, to, message }: { from: number; to: number; message: Signed }): void {
    const delay = this.#o.links(from, to, this.now)
    if (delay === undefined) return
    this.#events.add(this.now + delay, { type: 'arrive', from, to, message })
  }

  /** Takes from every reachable correct member the blocks that it has and this one has not. */
  #sync(index: number): void {
    for (const source of this.replicas.values()) {
      const disk = this.replicas.get(index)?.disk
      if (disk === undefined || source.index === index || source.disk.next <= disk.next) continue
      if (this.#o.links(source.index, index, this.now) === undefined) continue
      for (const block of source.disk.blocks.slice(Number(disk.next - disk.first))) {
        this.#act(index, (replica) => replica.receiveBlock(block))
      }
    }
  }
}
