import type { Signed } from '@zkstack/roles'
import type { EvidenceEffect } from '../src/chonky/effect.js'
import type { Committee } from './committee.js'
import { StepReplica } from './step-replica.js'
import type { StepReplicaOptions } from './step-replica.js'

/** A message on its way from one node to another. */
export interface InFlight {
  readonly from: number
  readonly to: number
  readonly message: Signed
}

/** Options of {@link createStepNetwork}. */
export interface StepNetworkOptions {
  readonly committee: Committee
  /** Validator index of each node; default: each validator once. Naming one twice makes twins that share its key. */
  readonly nodes?: readonly number[]
  /** Options of each node. */
  readonly replica?: (node: number) => Partial<StepReplicaOptions>
}

const deliveriesPerSync = 1000

/** Makes a network of replicas that nothing has been delivered to yet; call `start`. */
export function createStepNetwork(o: StepNetworkOptions): StepNetwork {
  return new StepNetwork(o)
}

/**
 * Replicas that exchange messages in memory, synchronously and in the order that the test chooses. Deterministic: nothing
 * happens but what is called.
 */
export class StepNetwork {
  readonly committee: Committee
  readonly nodes: StepReplica[]
  /** Messages on their way, oldest first. */
  readonly inFlight: InFlight[] = []
  /** Every message that left a node, in order, across crashes: the recorder outside the nodes. */
  readonly sent: { readonly node: number; readonly message: Signed }[] = []
  /** Decides what may pass; default: everything. What may not is lost. */
  link: (from: number, to: number, message: Signed) => boolean = () => true
  /** The common time in milliseconds. */
  now = 0
  /** Blocks final on some node, by number and then payload hash, across crashes; see `checkAgreement`. */
  readonly finalized: {
    readonly node: number
    readonly number: bigint
    readonly payload: Uint8Array
  }[] = []
  /** What nodes reported of others, across crashes. */
  readonly evidence: ({ readonly node: number } & EvidenceEffect)[] = []
  readonly #replicaOptions: (node: number) => Partial<StepReplicaOptions>

  constructor(o: StepNetworkOptions) {
    this.committee = o.committee
    this.#replicaOptions = o.replica ?? (() => ({}))
    this.nodes = (o.nodes ?? o.committee.everybody()).map(
      (index, node) =>
        new StepReplica({ committee: o.committee, index, ...this.#replicaOptions(node) }),
    )
  }

  /** Starts every node, or one. */
  start(node?: number): void {
    const starting = node === undefined ? this.nodes.keys() : [node]
    for (const i of starting) this.act(i, (replica) => replica.start())
  }

  /** Does something with a node and sends what it sent. */
  act(node: number, what: (replica: StepReplica) => void): void {
    const replica = this.#node(node)
    if (replica.crashed || replica.halted !== undefined) return
    const before = replica.effects.length
    replica.now = this.now
    what(replica)
    for (const effect of replica.effects.slice(before)) {
      if (effect.type === 'finalized') this.finalized.push({ node, ...effect.header })
      if (effect.type === 'evidence') this.evidence.push({ node, ...effect })
    }
    for (const message of replica.takeSent()) {
      this.sent.push({ node, message })
      for (const to of this.nodes.keys()) if (to !== node) this.post({ from: node, to, message })
    }
  }

  /** Puts a message on its way, if the link lets it. */
  post(item: InFlight): void {
    if (this.link(item.from, item.to, item.message)) this.inFlight.push(item)
  }

  /** Delivers one message, by default the oldest; false when there is none. */
  deliver(position = 0): boolean {
    const [item] = this.inFlight.splice(position, 1)
    if (item === undefined) return false
    const carrier = this.#node(item.from).index
    this.act(item.to, (replica) => replica.receive(item.message, carrier))
    return true
  }

  /** Delivers until nothing is on its way. @throws RangeError after `limit` deliveries. */
  settle(limit = 100_000): void {
    for (let count = 0; this.deliver(); count += 1) {
      if (count >= limit) throw new RangeError(`still talking after ${limit} messages`)
    }
  }

  /** Lets a node's view time out, whatever the time is. */
  expire(node: number): void {
    const replica = this.#node(node)
    this.now = Math.max(this.now, replica.timer ?? this.now)
    this.act(node, (r) => r.input({ type: 'tick' }))
  }

  /** Moves the time to the next timer of a living node, and fires all that are due. */
  nextTimer(): void {
    const alive = this.nodes.filter((replica) => !replica.crashed)
    const due = Math.min(...alive.map((replica) => replica.timer ?? Infinity))
    if (due === Infinity) return
    this.now = Math.max(this.now, due)
    for (const [node, replica] of this.nodes.entries()) {
      if ((replica.timer ?? Infinity) <= this.now) this.act(node, (r) => r.input({ type: 'tick' }))
    }
  }

  /**
   * Delivers messages, syncs blocks now and then, and lets timers fire when nothing is on its way, until `done`; at most
   * `rounds` times a timer or a sync. Says whether it was reached.
   */
  runUntil(done: () => boolean, rounds = 50): boolean {
    for (let round = 0; round < rounds; round += 1) {
      for (let count = 0; count < deliveriesPerSync && this.inFlight.length > 0; count += 1) {
        if (done()) return true
        this.deliver()
      }
      if (done()) return true
      this.syncBlocks()
      if (this.inFlight.length === 0) this.nextTimer()
    }
    return done()
  }

  /** Ends a node; what it has on its way still arrives. */
  crash(node: number): void {
    this.#node(node).crashed = true
  }

  /** Brings a node back from its disk. */
  restart(node: number): void {
    const replica = this.#node(node).restart(this.#replicaOptions(node))
    replica.now = this.now
    this.nodes[node] = replica
    this.start(node)
  }

  /** Gives every living node the blocks that any node has: what block sync does. */
  syncBlocks(): void {
    for (const [node, replica] of this.nodes.entries()) {
      for (const source of this.nodes) {
        for (const block of source.disk.blocks) {
          if (block.number === replica.disk.next) this.act(node, (r) => r.receiveBlock(block))
        }
      }
    }
  }

  #node(node: number): StepReplica {
    const replica = this.nodes[node]
    if (replica === undefined) throw new RangeError(`node: ${node} does not exist`)
    return replica
  }
}
