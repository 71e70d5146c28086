import type {
  ActorInit,
  ActorInput,
  ActorKind,
  ActorSend,
  ByzantineActor,
  Committee,
} from '@zkstack/bft/testing'
import { Ctx, type SeededRandom } from '@zkstack/concurrency'
import { bytesEqual, ok } from '@zkstack/crypto'
import {
  createNetwork,
  networkLimits,
  protocols,
  type FrameStream,
  type Network,
  type StaticPeer,
} from '@zkstack/network'
import { encodeSigned, viewOf, type Genesis, type NodeSecretKey, type Signed } from '@zkstack/roles'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import type { Participant } from './participant.js'
import { ProcessLife } from './process-life.js'
import type { Scheduler } from './scheduler.js'
import type { SimulatedConnection } from './simulated-connection.js'
import type { SimulatedTransport } from './simulated-transport.js'
import type { SimulatedWire } from './simulated-wire.js'

/** What an {@link ActorNode} is made of. */
export interface ActorNodeInit {
  readonly index: number
  readonly kind: ActorKind
  readonly actor: Omit<ActorInit, 'committee' | 'index' | 'coalition' | 'random'>
  /** All validators, by the index of their node, with their secrets. */
  readonly validators: Committee
  /** The faulty ones among them, itself included. */
  readonly faulty: readonly number[]
  /** The committees of all epochs, by ascending first block. */
  readonly epochs: readonly Committee[]
  readonly scheduler: Scheduler
  readonly wire: SimulatedWire
  readonly random: SeededRandom
  readonly genesis: Genesis
  readonly nodeKey: NodeSecretKey
  readonly peers: readonly StaticPeer[]
}

/** What it plays in an epoch of whose committee it is. */
interface Role {
  readonly actor: ByzantineActor
  readonly committee: Committee
}

/**
 * A faulty validator in the place of a node: it keeps connections with the network of production, so that it is heard at all,
 * sees every message that comes, and sends what its {@link ActorKind} wants, to whom it wants. It never dies. In each epoch of
 * whose committee it is, it is another actor of that kind, from when the epoch begins for anybody; the actors of epochs that are
 * over go on.
 */
export class ActorNode implements Participant {
  readonly isUp = true
  readonly #init: ActorNodeInit
  /** By epoch. */
  readonly #roles = new Map<bigint, Role>()
  /** Position of the current epoch among all. */
  #epoch = 0
  readonly #streams = new WeakMap<SimulatedConnection, Promise<FrameStream>>()
  #transport: SimulatedTransport | undefined
  #network: Network | undefined

  constructor(init: ActorNodeInit) {
    this.#init = init
    this.#validatorKey()
  }

  get index(): number {
    return this.#init.index
  }

  start(): void {
    const { scheduler, wire, index } = this.#init
    const life = new ProcessLife(scheduler)
    this.#transport = wire.attach(index, life)
    this.#run(life, this.#transport).catch(() => undefined)
    this.#begin(this.#current)
  }

  /** Somebody has all blocks below a height. */
  advance(next: bigint): void {
    const epoch = this.#init.epochs.findLastIndex(({ scope }) => scope.firstBlock <= next)
    if (epoch <= this.#epoch) return
    this.#epoch = epoch
    this.#network?.committeeChanged()
    this.#begin(this.#current)
  }

  crash(): void {
    return undefined
  }

  stop(): boolean {
    return false
  }

  get #current(): Committee {
    const { epochs, validators } = this.#init
    return epochs[this.#epoch] ?? validators
  }

  async #run(life: ProcessLife, transport: SimulatedTransport): Promise<void> {
    const { genesis, nodeKey, wire, index, peers, random, validators, epochs } = this.#init
    const store = memoryStore()
    await store.open(genesis, { onGenesisChange: 'refuse' })
    const clock = life.clock(0)
    const network = await createNetwork({
      genesis,
      scope: () => this.#current.scope,
      pendingScope: () => epochs[this.#epoch + 1]?.scope,
      nodeKey,
      validator: {
        publicKey: this.#validatorKey(),
        sign: (hash) => Promise.resolve(validators.signature(index, hash)),
      },
      transport,
      listen: wire.addressOf(index),
      peers: { outbound: peers },
      blocks: new BlockQueue(store, { capacity: 20 }),
      store,
      limits: networkLimits({ genesis, redialMinMs: 50, redialMaxMs: 500 }),
      clock,
      random,
      verifyBlock: () => Promise.resolve(ok(undefined)),
      onConsensusMessage: (message, carrier) => {
        this.#hear(message, carrier)
        return Promise.resolve()
      },
      onEvent: () => undefined,
    })
    this.#network = network
    await network.run(Ctx.root({ clock, random }))
  }

  #hear(message: Signed, carrier: Uint8Array | undefined): void {
    const role = this.#roles.get(viewOf(message.msg).epoch)
    const from = carrier && role?.committee.schedule.indexOf(carrier)
    if (role === undefined || from === undefined) return
    this.#act(role, { type: 'message', now: this.#init.scheduler.now, message, carrier: from })
  }

  /** Takes part in an epoch, if it is of its committee. */
  #begin(committee: Committee): void {
    const { kind, actor, random, faulty, validators, scheduler } = this.#init
    const indexOf = (node: number): number | undefined =>
      committee.schedule.indexOf(validators.key(node))
    const index = indexOf(this.index)
    if (index === undefined) return
    const { epoch } = committee.scope
    const role = {
      committee,
      actor: kind.create({
        ...actor,
        committee,
        index,
        coalition: faulty.map(indexOf).filter((member) => member !== undefined),
        random: random.split(`epoch ${epoch}`),
      }),
    }
    this.#roles.set(epoch, role)
    this.#act(role, { type: 'start', now: scheduler.now })
  }

  #act(role: Role, input: ActorInput): void {
    const { scheduler } = this.#init
    for (const output of role.actor.handle(input)) {
      scheduler.at(output.at, () => {
        if (output.type === 'send') this.#send(role, output)
        else this.#act(role, { type: 'tick', now: scheduler.now })
      })
    }
  }

  #send({ committee }: Role, { message, to }: ActorSend): void {
    const frame = encodeSigned(message)
    for (const receiver of to) {
      const node = this.#init.validators.schedule.indexOf(committee.key(receiver))
      const connection = node === undefined ? undefined : this.#connectionTo(node)
      if (connection === undefined) continue
      this.#streamOn(connection)
        .then((stream) => stream.send(frame))
        .catch(() => undefined)
    }
  }

  /** @throws RangeError when the node is no validator. */
  #validatorKey(): Uint8Array {
    return this.#init.validators.key(this.index)
  }

  /** The connection to a node over which a hello was said. */
  #connectionTo(node: number): SimulatedConnection | undefined {
    const peers = this.#network?.peers() ?? []
    return [...(this.#transport?.connections ?? [])].find(
      ({ remoteNode, remote, direction }) =>
        remoteNode === node &&
        peers.some((peer) => bytesEqual(peer.key, remote) && peer.direction === direction),
    )
  }

  #streamOn(connection: SimulatedConnection): Promise<FrameStream> {
    const known = this.#streams.get(connection)
    if (known !== undefined) return known
    const { signal } = new AbortController()
    const stream = connection.openStream(protocols.consensus, { signal, maxFrameBytes: 0 })
    this.#streams.set(connection, stream)
    return stream
  }
}
